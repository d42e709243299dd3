"""One person's request to a collector, with what came along."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from starlette.requests import Request

from app.collectors.service import FieldedCollector
from app.web.forms import Form

CODE_FIELD: Final = "_code"
TRAP_FIELD: Final = "_website"


@dataclass(frozen=True, slots=True)
class Visit:
    """`token` is what the page has to carry next; `form` holds the answers as they were typed.

    `code` is what was typed for a collector that asks for one, `trap` what stood in the field that
    people do not see, `ticket` and `work` what a page brings back that had to wait.

    `is_rehearsal`: staff try the page; it has no script, which would send to a way in.
    `tried_from` is where they go back to.

    `order_seed` is the nonce of the token, for instruments that shuffle options. To
    `transport_key` the page seals a sheet that it cannot send.
    """

    request: Request
    collector: FieldedCollector
    language: str
    token: str
    form: Form
    code: str = ""
    trap: str = ""
    ticket: str = ""
    work: str = ""
    order_seed: bytes | None = None
    transport_key: str = ""
    is_rehearsal: bool = False
    tried_from: str = ""

    @property
    def is_easy(self) -> bool:
        """Asked for in the address, which also a form without script sends on; kept nowhere."""
        return bool(self.request.scope["query_string"]) and "easy" in self.request.query_params

    @property
    def carried(self) -> Form:
        """What the next form has to bring along, without the questions and the token."""
        hidden = {CODE_FIELD: self.code, TRAP_FIELD: self.trap}
        return self.form | {name: [value] for name, value in hidden.items() if value}

    def with_token(self, token: str, nonce: bytes | None = None) -> Visit:
        return replace(self, token=token, order_seed=nonce)
