"""From an instrument to an XLSForm: survey, choices and settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import IO, Any

import xlsxwriter
from babel import Locale, UnknownLocaleError

from app.instruments.model import Instrument, Page
from app.instruments.xlsform.conditions import write_relevant
from app.instruments.xlsform.losses import Loss
from app.questions import Question
from app.questions.contract import Choice, CodebookContext
from app.questions.schema import WAVE_KINDS

Row = dict[str, Any]


def write_xlsform(instrument: Instrument, file: IO[bytes]) -> list[Loss]:
    """Returns what an XLSForm cannot say of this instrument."""
    losses = list(_losses_of_the_whole(instrument))
    asked: list[Row] = []
    choices: list[Row] = []
    several = {q.id for q in instrument.questions if len(q.columns) > 1}
    for page in instrument.pages:
        asked.append(_group(page, instrument))
        for question in page.questions:
            row, offered = _question(question, instrument, several)
            asked.append(row)
            choices += offered
            losses += _losses_of(question, instrument)
        asked.append({"type": "end_group"})
    settings = {
        "form_title": instrument.title[instrument.original_language],
        "form_id": instrument.id,
        "version": str(instrument.version),
        "default_language": _language_name(instrument.original_language),
    }
    _write(file, {"survey": asked, "choices": choices, "settings": [settings]})
    return losses


def _group(page: Page, instrument: Instrument) -> Row:
    title = page.title or dict.fromkeys(instrument.languages, page.id)
    return {
        "type": "begin_group",
        "name": f"page_{page.id}",
        **_told("label", title),
        "appearance": "field-list",
    }


def _question(
    question: Question, instrument: Instrument, several: set[str]
) -> tuple[Row, list[Row]]:
    offered = list(_choices(question, instrument))
    kind = _type_of(question, instrument, has_choices=bool(offered))
    row: Row = {"type": kind, "name": question.id, **_told("label", question.text)}
    if question.hint:
        row |= _told("hint", question.hint)
    if question.show_if is not None:
        row["relevant"] = write_relevant(question.show_if, several)
    if not kind.startswith("select"):
        return row, []
    row["type"] = f"{kind} {question.id}"
    return row, [{"list_name": question.id, **choice} for choice in offered]


def _type_of(question: Question, instrument: Instrument, *, has_choices: bool) -> str:
    if not question.fields:
        return "note"
    if question.keeps_words:
        return "text"
    if _is_typed(question, instrument):
        return "integer"
    if not has_choices:
        return "text"
    return "select_multiple" if len(question.columns) > 1 else "select_one"


def _is_typed(question: Question, instrument: Instrument) -> bool:
    """A number is typed in where the codes that it ends as are not what can be chosen."""
    if question.names_place:
        return False
    offered = {choice["name"] for choice in _choices(question, instrument)}
    variables = question.variables(_context(instrument))
    numeric = any(variable.level == "numeric" for variable in variables)
    codes = {str(code) for variable in variables for code in variable.valid_codes}
    return numeric or (len(question.columns) == 1 and not codes <= offered)


def _choices(question: Question, instrument: Instrument) -> Iterator[Row]:
    """Each choice with its label in every language that has one."""
    by_language: dict[str, list[Choice]] = {}
    for language in instrument.languages:
        with suppress(KeyError):  # not translated yet
            page = instrument.page_context(language, (), {})
            by_language[language] = list(question.choices(page, {}))
    for same in zip(*by_language.values(), strict=True):
        labels = {tag: one.label for tag, one in zip(by_language, same, strict=True)}
        yield {"name": same[0].value, **_told("label", labels)}


def _context(instrument: Instrument) -> CodebookContext:
    return CodebookContext(
        tuple(instrument.languages), instrument.missing_labels, instrument.comparability_key
    )


def _losses_of_the_whole(instrument: Instrument) -> Iterator[Loss]:
    for scale in instrument.scales:
        yield Loss(scale.id, "scales are no part of an XLSForm; score them from the data")
    if instrument.consent is not None:
        yield Loss("", "the notice of the first page is not carried over; write it into the form")
    yield Loss("", "licence, source, review status and comparability keys are not carried over")


def _losses_of(question: Question, instrument: Instrument) -> Iterator[Loss]:
    if question.names_place:
        yield Loss(question.id, "areas belong to an initiative; add them to its list of choices")
    elif question.fields and not question.keeps_words and _is_typed(question, instrument):
        yield Loss(
            question.id, "is a typed number there, without bands and without ways to decline"
        )
    if question.is_shuffled:
        yield Loss(question.id, "its options stand in one order there")
    if len(question.waves) < len(WAVE_KINDS):
        yield Loss(
            question.id, f"is asked in {question.waves[0]} waves alone; leave it out elsewhere"
        )
    if any("{" in phrase for phrase in question.text.values()):
        yield Loss(question.id, "holds a place for the initiative's own words; fill it in")


def _told(column: str, text: Mapping[str, str]) -> Row:
    return {f"{column}::{_language_name(tag)}": phrase for tag, phrase in text.items()}


def _language_name(tag: str) -> str:
    """As XLSForm asks for it: the language's own name in English and its code in brackets."""
    try:
        name = Locale.parse(tag, sep="-").get_display_name("en")
    except (UnknownLocaleError, ValueError):
        name = None
    return f"{name or tag} ({tag})"


def _write(file: IO[bytes], sheets: Mapping[str, Sequence[Row]]) -> None:
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(file, options) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            columns = list(dict.fromkeys(column for row in rows for column in row))
            for place, column in enumerate(columns):
                sheet.write_string(0, place, column)
            for number, row in enumerate(rows, 1):
                for column, cell in row.items():
                    sheet.write_string(number, columns.index(column), str(cell))
