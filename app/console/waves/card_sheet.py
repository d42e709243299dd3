"""Cards to cut out, on a page that the browser prints: the codes never stand anywhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from app.collectors.service import load_collector
from app.console.rendering import pages
from app.responses.pages.wording import languages_of, locale_for, notice_for
from app.web.qr_codes import qr_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session
    from starlette.requests import Request
    from starlette.responses import Response

    from app.accounts.signing_in import SignedIn
    from app.collectors.cards import Card

MOST_ON_SHEET: Final = 200  # twenty-five pages; each code takes the server a moment to draw
PARTS_AT_ONCE: Final = 80  # a few cards


def card_sheet(
    request: Request, session: Session, runner: SignedIn, public_id: str, cards: Sequence[Card]
) -> Response:
    """Drawn as it is sent, when the codes are kept and nobody waits for the database any more."""
    fielded = load_collector(session, public_id)
    words = locale_for(fielded.language or languages_of(fielded)[0])
    notice = notice_for(fielded, words)
    return pages.page_by_parts(
        request,
        "cards.html",
        PARTS_AT_ONCE,
        signed_in=runner,
        wave_id=fielded.wave_id,
        words=words,
        police=notice.tokens["police"],
        run_by=notice.facts["run_by"],
        is_for_group=fielded.recruitment == "group_code",
        is_simulated=fielded.initiative.is_simulated,
        address=cards[0].address.partition("#")[0].partition("://")[2],
        cards=(
            (card, Markup(qr_code(card.address)))  # noqa: S704 - drawn here, from our own address
            for card in cards
        ),
    )
