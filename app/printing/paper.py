"""The questionnaire on paper, from the same instrument as the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from app.collectors.service import FieldedCollector, sheet_mark
from app.errors import BadInput, Phrase
from app.printing.routing import Asked, PaperRoutes, numbered, runs
from app.printing.wording import (
    TEMPLATES,
    PaperSize,
    printed_locale,
    sheet_of_paper,
    told,
)
from app.questions.contract import PageContext
from app.questions.paper import PaperQuestion, paper_question, share_columns
from app.responses.pages.sheet_page import is_asked
from app.responses.pages.wording import Notice, notice_for
from app.typesetting import typeset
from app.web.locales import Locale

_TOLD = ("voluntary", "no_effect", "who_sees", "what_is_kept")
_FACTS = ("paid_by", "retention", "result_where", "contact", "complaint")


def print_paper(collector: FieldedCollector, language: str, size: PaperSize) -> bytes:
    """A PDF; its mark says at the entry to which wave, place and language a sheet belongs."""
    if collector.mode != "paper":
        raise BadInput("printing.not_paper", mode=Phrase(f"collectors.mode_{collector.mode}"))
    locale = printed_locale(collector, language)
    notice = notice_for(collector, locale)
    document = {
        **sheet_of_paper(locale, size),
        **_front(collector, notice, locale),
        "mark": sheet_mark(collector, language),
        "sheet": locale("print_paper_sheet"),
        "sections": list(_sections(collector, notice, locale)),
        "end": locale("print_paper_end"),
        "return": locale("print_paper_return"),
    }
    return typeset(f"{TEMPLATES}/paper.typ", document)


def _front(collector: FieldedCollector, notice: Notice, locale: Locale) -> dict[str, Any]:
    facts = {key: told(notice.facts[key]) for key in ("run_by", *_FACTS)}
    promise = [notice.told[part] for part in _TOLD if notice.told[part]]
    return {
        "title": notice.title,
        "purpose": notice.told["purpose"],
        "minutes": locale.counted("minutes", collector.instrument.minutes),
        "for_whom": notice.told["for_whom"],
        "simulated": locale("simulated") if collector.initiative.is_simulated else None,
        "run_by_label": locale("run_by"),
        "run_by": facts.pop("run_by"),
        "before_title": locale("before_title"),
        "promise": [*promise, locale("print_paper_typed")],
        "how_title": locale("print_paper_how_title"),
        "how": [locale("print_paper_how"), locale("print_paper_names")],
        "facts": [{"label": locale(key), **fact} for key, fact in facts.items() if fact],
        "limits_label": locale("limits"),
        "limits": locale("print_paper_limits"),
    }


def _sections(
    collector: FieldedCollector, notice: Notice, locale: Locale
) -> Iterator[dict[str, Any]]:
    instrument = collector.instrument
    page = instrument.page_context(notice.language, collector.areas, notice.tokens)
    pages = [
        (part, [q for q in part.questions_in(collector.wave_kind) if is_asked(q, collector)])
        for part in instrument.pages
    ]
    asked = numbered([question for _, questions in pages for question in questions])
    routes = PaperRoutes(asked, page, locale)
    numbers = iter(asked)
    for part, questions in pages:
        here = [next(numbers) for _ in questions]
        if here:
            yield {
                "title": notice.say(part.title) if part.title else None,
                "runs": [
                    {
                        "only_if": routes.only_if(condition) if condition else None,
                        "blocks": _blocks(run, page, routes),
                    }
                    for condition, run in runs(here)
                ],
            }


def _blocks(
    run: Sequence[Asked], page: PageContext, routes: PaperRoutes
) -> list[list[PaperQuestion]]:
    """Questions that share their answers stand in one block and become a grid."""
    blocks: list[list[PaperQuestion]] = []
    can_share = False
    for one in run:
        printed = paper_question(one.question, page, one.number, routes.skips(one))
        joins = can_share and one.question.shares_columns and share_columns(blocks[-1][0], printed)
        if joins:
            blocks[-1].append(printed)
        else:
            blocks.append([printed])
        can_share = one.question.shares_columns
    return blocks
