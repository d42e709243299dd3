"""A poster: a question to whoever passes, a code for the phone, and who asks."""

from __future__ import annotations

from app.collectors.service import FieldedCollector
from app.errors import BadInput, Phrase
from app.printing.wording import (
    TEMPLATES,
    PaperSize,
    printed_locale,
    scannable,
    sheet_of_paper,
    shown_address,
    spoken_languages,
    told,
)
from app.responses.pages.wording import notice_for
from app.typesetting import typeset


def print_poster(
    collector: FieldedCollector, language: str, size: PaperSize, *, base_url: str
) -> bytes:
    """A PDF of one page."""
    if collector.mode != "phone_web":
        raise BadInput("printing.not_phones", mode=Phrase(f"collectors.mode_{collector.mode}"))
    if collector.asks_code:
        raise BadInput("printing.poster_code")
    locale = printed_locale(collector, language)
    notice = notice_for(collector, locale)
    minutes = locale.counted("minutes", collector.instrument.minutes)
    area = notice.tokens["area"] if collector.area_code is not None else None
    document = {
        **sheet_of_paper(locale, size),
        **scannable(locale, base_url.rstrip("/") + collector.path),
        "title": locale("print_poster_title", police=notice.tokens["police"]),
        "area": locale("print_poster_area", area=area) if area else None,
        "scan": locale("print_poster_scan"),
        "type": locale("print_poster_type"),
        "minutes": minutes,
        "for_whom": notice.told["for_whom"],
        "promise": [
            promise
            for promise in (
                notice.told["voluntary"],
                notice.told["who_sees"],
                locale("not_kept"),
            )
            if promise
        ],
        "languages_label": locale("print_languages"),
        "languages": spoken_languages(collector),
        "run_by_label": locale("run_by"),
        "run_by": told(notice.facts["run_by"]),
        "contact_label": locale("contact"),
        "contact": told(notice.facts["contact"]),
        "result_label": locale("print_poster_result"),
        "result": shown_address(base_url.rstrip("/") + collector.initiative.public_path),
        "simulated": locale("simulated") if collector.initiative.is_simulated else None,
    }
    return typeset(f"{TEMPLATES}/poster.typ", document)
