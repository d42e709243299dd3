"""What the two forms of an import show and bring: which column is which question, and its answers.

Columns whose contents are words and whose answers are the same are named together, once. A content
that is a number or a code may stand for one answer here and another there: it is named apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from app.accounts.pages.doors import typed
from app.errors import BadInput
from app.imports.mapping import SEPARATORS, ColumnMapping, Fielding, Mapping
from app.imports.proposing import Columns, Wording, propose_codes
from app.imports.reading.table import MOST_CONTENTS as LONGEST_LIST
from app.imports.reading.table import Column, Reading
from app.privacy.masking import mask_identifiers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.imports.applying import Asked
    from app.questions import Question
    from app.web.forms import Form

LEFT_OUT: Final = "out"
SHOWN_CONTENTS: Final = 4
LONGEST_SHOWN: Final = 60
LONGEST_CODE: Final = 3
MOST_CONTENTS: Final = 450  # a form has at most 500 fields


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column that may be mapped, as the first form shows it."""

    number: int
    column: Column
    contents: tuple[str, ...]
    mapped: ColumnMapping | None
    may_hold_several: bool


def column_lines(reading: Reading, columns: Columns) -> list[ColumnLine]:
    return [
        ColumnLine(
            number=number,
            column=column,
            contents=tuple(_shown(column)),
            mapped=columns.get(column.key),
            may_hold_several=any(
                _holds(column, separator)
                for separator in SEPARATORS
                if separator != " " or reading.tool == "KoboToolbox"
            ),
        )
        for number, column in enumerate(reading.columns)
        if column.never is None and column.filled
    ]


def _shown(column: Column) -> Iterator[str]:
    """Nothing of what people wrote in their own words: these are long, or differ in each cell."""
    if column.is_list and max(map(len, column.contents)) <= LONGEST_SHOWN:
        for content, _ in column.contents.most_common(SHOWN_CONTENTS):
            yield shown_content(content)


def shown_content(content: str) -> str:
    masked = mask_identifiers(content)
    return masked if len(masked) <= LONGEST_SHOWN else masked[: LONGEST_SHOWN - 1] + "…"


def _holds(column: Column, separator: str) -> bool:
    return column.is_list and any(separator in content for content in column.contents)


def chosen_columns(reading: Reading, form: Form, asked: Asked, wording: Wording) -> Mapping:
    """What the first form brought, with the answers that stand there in our own words."""
    columns: Columns = {}
    for number, column in enumerate(reading.columns):
        name = typed(form, f"question-{number}")
        if not name or column.never is not None:
            continue
        question = asked.question(name)
        if question is None:
            raise BadInput("imports.choose_question")
        separator = typed(form, f"separator-{number}") or None
        if _takes_codes(question, asked) and len(column.parted(separator)) > LONGEST_LIST:
            raise BadInput("imports.no_list", column=column.key, most=LONGEST_LIST)
        if separator is not None and separator not in SEPARATORS:
            raise BadInput("imports.choose_sign")
        proposed = propose_codes(column, question, wording, separator)
        same = f"same-{number}" in form
        columns[column.key] = proposed.model_copy(update={"same_words": same})
    if not columns:
        raise BadInput("imports.choose_column")
    return Mapping(columns=columns)


def with_remembered(mapping: Mapping, remembered: Columns) -> Mapping:
    """The answers named the last time, for columns that stand for the same question as then."""
    columns = {}
    for key, mapped in mapping.columns.items():
        kept = remembered.get(key)
        is_same = kept is not None and kept.question == mapped.question
        known = kept.codes if kept is not None and is_same else {}
        columns[key] = mapped.model_copy(update={"codes": mapped.codes | known})
    return Mapping(columns=columns)


@dataclass(frozen=True, slots=True)
class AnswerGroup:
    """Contents that are named together, and the answers that each may stand for."""

    columns: tuple[Column, ...]
    questions: tuple[str, ...]
    contents: tuple[str, ...]
    counts: tuple[int, ...]
    answers: tuple[tuple[int, str], ...]
    named: tuple[int | str | None, ...]


def answer_groups(
    reading: Reading, mapping: Mapping, asked: Asked, language: str
) -> list[AnswerGroup]:
    """In the order of the file, always the same for the same mapping."""
    members: dict[Any, list[tuple[Column, ColumnMapping]]] = {}
    for column in reading.columns:
        mapped = mapping.columns.get(column.key)
        question = None if mapped is None else asked.question(mapped.question)
        if mapped is None or question is None or not _takes_codes(question, asked):
            continue
        answers = tuple(asked.offered(question, language))
        alone = None if _is_in_words(column, mapped) else column.key
        members.setdefault((answers, alone), []).append((column, mapped))
    groups = [_group(theirs, answers) for (answers, _), theirs in members.items()]
    if sum(len(group.contents) for group in groups) > MOST_CONTENTS:
        raise BadInput("imports.many_contents", most=MOST_CONTENTS)
    return groups


def _takes_codes(question: Question, asked: Asked) -> bool:
    return not (question.keeps_words or asked.is_typed(question))


def _is_in_words(column: Column, mapped: ColumnMapping) -> bool:
    return all(
        len(content) > LONGEST_CODE and not any(map(str.isdigit, content))
        for content in column.parted(mapped.separator)
    )


def _group(
    members: Sequence[tuple[Column, ColumnMapping]], answers: tuple[tuple[int, str], ...]
) -> AnswerGroup:
    counts: dict[str, int] = {}
    named: dict[str, int | None] = {}
    for column, mapped in members:
        named |= mapped.codes
        for content, n in column.parted(mapped.separator).items():
            if mask_identifiers(content) == content:
                counts[content] = counts.get(content, 0) + n
    contents = tuple(sorted(counts))
    return AnswerGroup(
        columns=tuple(column for column, _ in members),
        questions=tuple(dict.fromkeys(mapped.question for _, mapped in members)),
        contents=contents,
        counts=tuple(counts[content] for content in contents),
        answers=answers,
        named=tuple(_named(named, content) for content in contents),
    )


def _named(named: dict[str, int | None], content: str) -> int | str | None:
    """A code, `out` where it is left out, None where nobody has said."""
    if content not in named:
        return None
    code = named[content]
    return LEFT_OUT if code is None else code


def field_name(group: int, content: int) -> str:
    return f"answer-{group}-{content}"


def named_answers(mapping: Mapping, groups: Sequence[AnswerGroup], form: Form) -> Mapping:
    """What the second form brought. What nobody named stays unnamed, and is refused later."""
    columns = {
        key: mapped.model_copy(update={"codes": {}}) for key, mapped in mapping.columns.items()
    }
    for number, group in enumerate(groups):
        codes: dict[str, int | None] = {}
        for place, content in enumerate(group.contents):
            chosen = typed(form, field_name(number, place))
            if chosen == LEFT_OUT:
                codes[content] = None
            elif chosen in {str(code) for code, _ in group.answers}:
                codes[content] = int(chosen)
        for column in group.columns:
            mapped = columns[column.key]
            own = column.parted(mapped.separator)
            theirs = {content: code for content, code in codes.items() if content in own}
            columns[column.key] = mapped.model_copy(update={"codes": theirs})
    return Mapping(columns=columns)


def read_choices(text: str) -> Mapping:
    try:
        return Mapping.model_validate_json(text)
    except ValidationError as exc:
        raise BadInput("imports.page_altered") from exc


def read_fielding(form: Form) -> Fielding:
    days = {name: _day(typed(form, name)) for name in ("first_day", "last_day")}
    others = {name: typed(form, name) for name in ("mode", "recruitment", "language")}
    try:
        return Fielding.model_validate(days | others)
    except ValidationError as exc:
        raise BadInput("imports.how_answered") from exc


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as exc:
        raise BadInput("imports.days") from exc
