"""What the types cannot say: parts of an instrument that contradict one another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from app.instruments.comparability import clashes_with
from app.instruments.texts import Place, texts_of
from app.questions.conditions import leaves
from app.questions.schema import WAVE_KINDS, tokens_in

if TYPE_CHECKING:
    from app.instruments.model import Instrument
    from app.questions import Question


MOST_REASONS: Final = 100  # the CSS without script follows every chain of conditions to its start


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem, and the place in the file that it is about."""

    path: Place
    code: str
    details: Mapping[str, object] = field(default_factory=dict)


def placed_questions(instrument: Instrument) -> Iterator[tuple[Place, Question]]:
    for p, page in enumerate(instrument.pages):
        for q, question in enumerate(page.questions):
            yield ("pages", p, "questions", q), question


def check_ids(instrument: Instrument) -> Iterator[Finding]:
    yield from _twice("page", [(("pages", p), page.id) for p, page in enumerate(instrument.pages)])
    yield from _twice("question", [(path, q.id) for path, q in placed_questions(instrument)])
    yield from _twice(
        "scale", [(("scales", s), scale.id) for s, scale in enumerate(instrument.scales)]
    )


def _twice(what: str, placed: list[tuple[Place, str]]) -> Iterator[Finding]:
    seen: set[str] = set()
    for path, name in placed:
        if name in seen:
            yield Finding((*path, "id"), "duplicate_id", {"what": what, "id": name})
        seen.add(name)


def check_columns(instrument: Instrument) -> Iterator[Finding]:
    """Names under which answers are stored, posted and compared must be told apart."""
    columns: dict[str, str] = {}
    keys: dict[str, str] = {}
    for path, question in placed_questions(instrument):
        for column in {*question.columns, *question.fields}:
            if columns.setdefault(column, question.id) != question.id:
                details = {"id": question.id, "column": column}
                yield Finding((*path, "id"), "duplicate_column", details)
        key = question.comparability_key
        if key is not None and keys.setdefault(key, question.id) != question.id:
            details = {"id": question.id, "key": key, "first": keys[key]}
            yield Finding((*path, "comparability_key"), "duplicate_comparability_key", details)


def check_what_is_asked(instrument: Instrument) -> Iterator[Finding]:
    for wave_kind in WAVE_KINDS:
        if not any(question.fields for question in instrument.questions_in(wave_kind)):
            yield Finding(("pages",), "nothing_asked", {"wave": wave_kind.replace("_", "-")})
    placed = [(path, q.id) for path, q in placed_questions(instrument) if q.names_place]
    for path, name in placed[1:]:
        yield Finding(path, "two_areas", {"id": name, "first": placed[0][1]})


def check_languages(instrument: Instrument) -> Iterator[Finding]:
    for code, language in instrument.languages.items():
        is_claimed = language.status in {"reviewed", "field_tested"}
        if is_claimed and language.reviewer is None:
            details = {"language": code, "status": language.status.replace("_", " ")}
            yield Finding(("languages", code), "reviewer_missing", details)


def check_texts(instrument: Instrument) -> Iterator[Finding]:
    original = instrument.original_language
    for path, text in texts_of(instrument):
        for language in text.keys() - instrument.languages.keys():
            yield Finding((*path, language), "unknown_language", {"language": language})
        if original not in text:
            yield Finding(path, "original_text_missing", {"language": original})
            continue
        expected = tokens_in(" ".join(text[original]))
        for language, phrases in text.items():
            differing = sorted(expected ^ tokens_in(" ".join(phrases)))
            if differing:
                details = {
                    "tokens": ", ".join(f"{{{token}}}" for token in differing),
                    "language": language,
                    "original": original,
                }
                yield Finding((*path, language), "tokens_differ", details)


def check_conditions(instrument: Instrument) -> Iterator[Finding]:
    ids = {question.id for question in instrument.questions}
    earlier: dict[str, Question] = {}
    reasons: Counter[str] = Counter()
    for path, question in placed_questions(instrument):
        at = (*path, "show_if")
        named = list(leaves(question.show_if)) if question.show_if else []
        for leaf in named:
            if leaf.item in earlier:
                yield from _check_leaf(at, question, earlier[leaf.item], leaf.codes)
            else:
                code = "condition_on_later" if leaf.item in ids else "condition_on_unknown"
                yield Finding(at, code, {"id": question.id, "item": leaf.item})
        reasons[question.id] = sum(1 + reasons[leaf.item] for leaf in named)
        if reasons[question.id] > MOST_REASONS:
            details = {"id": question.id, "count": reasons[question.id], "limit": MOST_REASONS}
            yield Finding(at, "conditions_too_wide", details)
            return  # each later question would only repeat it
        earlier[question.id] = question


def _check_leaf(
    at: Place, question: Question, item: Question, codes: tuple[int, ...]
) -> Iterator[Finding]:
    details = {"id": question.id, "item": item.id}
    if not set(question.waves) <= set(item.waves):
        yield Finding(at, "condition_on_other_wave", details)
    if not item.condition_codes:
        yield Finding(at, "condition_impossible", details)
        return
    known = ", ".join(map(str, sorted(item.condition_codes)))
    for code in codes:
        if code not in item.condition_codes:
            yield Finding(
                at, "condition_on_unknown_code", {**details, "answer": code, "known": known}
            )


def check_wording(instrument: Instrument, beside: Sequence[Instrument]) -> Iterator[Finding]:
    paths = {question.id: path for path, question in placed_questions(instrument)}
    for clash in clashes_with(instrument, beside):
        details = {"id": clash.question, "key": clash.key, "other": clash.instrument}
        yield Finding((*paths[clash.question], "text"), "two_wordings", details)
