"""One person's request to a collector, with what came along."""

from __future__ import annotations

from dataclasses import dataclass, replace

from starlette.requests import Request

from app.collectors.service import FieldedCollector
from app.web.forms import Form


@dataclass(frozen=True, slots=True)
class Visit:
    """`token` is what the page has to carry next; `form` holds the answers as they were typed.

    `order_seed` is the nonce of the token, for instruments that shuffle options. To
    `transport_key` the page seals a sheet that it cannot send.
    """

    request: Request
    collector: FieldedCollector
    language: str
    token: str
    form: Form
    order_seed: bytes | None = None
    transport_key: str = ""

    @property
    def is_easy(self) -> bool:
        """Asked for in the address, which also a form without script sends on; kept nowhere."""
        return "easy" in self.request.query_params

    def with_token(self, token: str, nonce: bytes | None = None) -> Visit:
        return replace(self, token=token, order_seed=nonce)
