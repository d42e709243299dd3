"""Cards with codes, to cut out and hand over: each opens the survey once, or for one group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.collectors.cards import Card
from app.collectors.service import FieldedCollector
from app.errors import BadInput
from app.printing.wording import (
    TEMPLATES,
    PaperSize,
    printed_locale,
    scannable,
    sheet_of_paper,
    told,
)
from app.responses.pages.wording import notice_for
from app.typesetting import typeset

MOST_CARDS: Final = 2000  # in one PDF; more are printed in several
_USES: Final[Mapping[str, str]] = {
    "single_use_code": "print_card_once",
    "group_code": "print_card_again",
}


def print_cards(
    collector: FieldedCollector, language: str, size: PaperSize, cards: Sequence[Card]
) -> bytes:
    """A PDF with eight cards a page."""
    use = _USES.get(collector.recruitment)
    if use is None:
        raise BadInput("printing.no_codes")
    if not 0 < len(cards) <= MOST_CARDS:
        raise BadInput("printing.many_codes", most=MOST_CARDS, given=len(cards))
    locale = printed_locale(collector, language)
    notice = notice_for(collector, locale)
    document = {
        **sheet_of_paper(locale, size),
        "title": locale("print_card_title"),
        "question": locale("print_poster_title", police=notice.tokens["police"]),
        "type": locale("print_card_type"),
        "once": locale(use),
        "run_by_label": locale("run_by"),
        "run_by": told(notice.facts["run_by"]),
        "simulated": locale("simulated") if collector.initiative.is_simulated else None,
        "test": locale("print_card_test"),
        "cards": [
            {"code": card.code, "is_test": card.is_test, **scannable(locale, card.address)}
            for card in cards
        ],
    }
    return typeset(f"{TEMPLATES}/cards.typ", document)
