"""Pages that are the same for all visitors of a collector in a language, but for the token."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.responses import Response

from app.collectors.service import FieldedCollector
from app.responses.pages.outcome_pages import thanks
from app.responses.pages.rendering import resident_policy
from app.responses.pages.sheet_page import blank_sheet
from app.responses.pages.visit import Visit
from app.web.compression import Coding, PackedHead, choose_coding, pack_head
from app.web.replies import shared_page_reply
from app.web.style import Style

KEPT: Final = 256
_TOKEN_PLACE: Final = "\N{SUBSTITUTE}"  # noqa: S105 - stands where the token will be

Render = Callable[[Visit], tuple[str, Style]]


@dataclass(frozen=True, slots=True)
class _Prepared:
    collector: FieldedCollector
    head: PackedHead
    rest: str
    policy: str
    whole: dict[Coding | None, Response] = field(default_factory=dict)


class SharedPages:
    """Renders each page once, and again only when something of its collector has changed."""

    def __init__(self) -> None:
        self._prepared: OrderedDict[tuple[Render, str, str, bool], _Prepared] = OrderedDict()

    def blank_sheet(self, visit: Visit) -> Response:
        page = self._page(blank_sheet, visit)
        return shared_page_reply(visit.request, page.head, visit.token + page.rest, page.policy)

    def thanks(self, visit: Visit) -> Response:
        """One reply for all whose browsers read one coding: nobody may change it."""
        page = self._page(thanks, visit)
        coding = choose_coding(visit.request.headers.get("accept-encoding", ""))
        if coding not in page.whole:
            page.whole[coding] = shared_page_reply(visit.request, page.head, page.rest, page.policy)
        return page.whole[coding]

    def _page(self, render: Render, visit: Visit) -> _Prepared:
        key = (render, visit.collector.public_id, visit.language, visit.is_easy)
        page = self._prepared.get(key)
        if page is None or not _is_same(page.collector, visit.collector):
            page = self._prepared[key] = _prepare(render, visit)
        self._prepared.move_to_end(key)
        while len(self._prepared) > KEPT:
            self._prepared.popitem(last=False)
        return page


def _is_same(one: FieldedCollector, other: FieldedCollector) -> bool:
    """To compare all that is known of a collector takes longer than to send its page."""
    return one is other or one == other


def _prepare(render: Render, visit: Visit) -> _Prepared:
    html, style = render(visit.with_token(_TOKEN_PLACE))
    head, _, rest = html.partition(_TOKEN_PLACE)
    policy = resident_policy(style, is_easy=visit.is_easy)
    return _Prepared(visit.collector, pack_head(head.encode()), rest, policy)
