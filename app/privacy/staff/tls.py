"""TLS to servers that this one calls: their certificates are checked, by the machine's own list."""

from __future__ import annotations

import ssl


def verified_tls() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
