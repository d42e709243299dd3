"""What may leave the building: the `released` document, made from the `computed` one."""

from __future__ import annotations

from analysis.disclosure.audit.leaks import Published
from analysis.disclosure.release import release

__all__ = ["Published", "release"]
