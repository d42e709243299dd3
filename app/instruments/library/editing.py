"""Instruments that an agency brings or extends: each change is a version of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import yaml
from pydantic import ValidationError

from app.errors import BadInput, Conflict
from app.instruments import store
from app.instruments.library import library
from app.instruments.lint import FoundLine, lint
from app.instruments.load import read_instrument
from app.instruments.load.shipped import shipped_instruments
from app.instruments.model import Instrument
from app.instruments.service import keep_version
from app.instruments.version import freeze
from app.questions import KINDS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.instruments.load import WrittenInstrument

OWN_PREFIX: Final = "own_"
MOST_OWN: Final = 20
MOST_OPTIONS: Final = 30
FIRST_CODE: Final = 1
_SAMPLE_OPTIONS: Final = [{"code": 1, "label": {"en": "A"}}, {"code": 2, "label": {"en": "B"}}]


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """As its form brings it. `options` hold, by language, the answers in order."""

    kind: str
    page: str
    text: Mapping[str, str]
    options: Mapping[str, Sequence[str]]
    missing: Sequence[str]
    role: Literal["item", "background"]
    waves: Sequence[str]


def own_kinds() -> list[tuple[str, bool]]:
    """Kinds that a form can make, and whether they take answers to choose from.

    Found by asking each kind of the index, so that a new one is offered without a word here.
    """
    found = []
    for name, kind in KINDS.items():
        has_options = "options" in kind.model_fields
        sample: dict[str, Any] = {"id": "a", "kind": name, "text": {"en": "A?"}}
        if has_options:
            sample["options"] = {"options": _SAMPLE_OPTIONS}
        try:
            made = kind.model_validate(sample)
        except ValidationError:
            continue
        if made.fields and not made.names_place:
            found.append((name, has_options))
    return found


def written(instrument: Instrument) -> WrittenInstrument:
    """The instrument as a file, which reads back as the same instrument."""
    return read_instrument(as_yaml(instrument), source=f"{instrument.id}.yaml")


def as_yaml(instrument: Instrument) -> str:
    return yaml.safe_dump(
        freeze(instrument).document, allow_unicode=True, sort_keys=False, width=100
    )


def bring_instrument(session: Session, agency_id: str, text: str, *, source: str) -> str:
    """Take a survey file into the library; returns its hash. Refuses what the reader refuses."""
    instrument = read_instrument(text, source=source, beside=shipped_instruments()).instrument
    store.lock_library(session, agency_id)
    _refuse_taken_version(session, agency_id, instrument)
    return keep_version(session, agency_id, instrument, is_own=True)


def add_question(
    session: Session,
    agency_id: str,
    instrument: Instrument,
    wanted: OwnQuestion,
    *,
    newest: int | None = None,
) -> str:
    """A new version with one question more; returns its hash. All others keep comparing.

    `newest` is the newest version that whoever asks has seen; None asks nobody.
    """
    question = _document_of(instrument, wanted)
    store.lock_library(session, agency_id)
    last = newest_version(session, agency_id, instrument.id)
    if newest is not None and newest != last:
        raise Conflict("instruments.made_meanwhile", version=last)
    version = 1 + last
    document = _with_pinned_keys(instrument) | {"version": version}
    document["pages"] = [
        {**page, "questions": [*page["questions"], question]} if page["id"] == wanted.page else page
        for page in document["pages"]
    ]
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    made = read_instrument(text, source=f"{instrument.id}.yaml", beside=shipped_instruments())
    _refuse_errors(lint(made, earlier=instrument), question["id"])
    return keep_version(session, agency_id, made.instrument, is_own=True)


def newest_version(session: Session, agency_id: str, instrument_id: str) -> int:
    return max(
        (
            entry.instrument.version
            for entry in library(session, agency_id)
            if entry.instrument.id == instrument_id
        ),
        default=0,
    )


def _document_of(instrument: Instrument, wanted: OwnQuestion) -> dict[str, Any]:
    kinds = dict(own_kinds())
    if wanted.kind not in kinds:
        raise BadInput("instruments.choose_kind")
    if wanted.page not in {page.id for page in instrument.pages}:
        raise BadInput("instruments.choose_page")
    _refuse_missing_languages("question", wanted.text, instrument)
    question: dict[str, Any] = {
        "id": _free_id(instrument),
        "kind": wanted.kind,
        "text": dict(wanted.text),
        "role": wanted.role,
    }
    if wanted.waves:
        question["waves"] = list(wanted.waves)
    if kinds[wanted.kind]:
        question["options"] = {
            "options": _options(instrument, wanted.options),
            "missing": list(wanted.missing),
        }
    return question


def _options(
    instrument: Instrument, options: Mapping[str, Sequence[str]]
) -> list[dict[str, object]]:
    _refuse_missing_languages("answers", options, instrument)
    numbers = {len(labels) for labels in options.values()}
    if len(numbers) != 1 or not 2 <= min(numbers) <= MOST_OPTIONS:  # noqa: PLR2004 - a choice
        raise BadInput(
            "instruments.answers_differ",
            most=MOST_OPTIONS,
            written=[f"{name} {len(labels)}" for name, labels in options.items()],
        )
    return [
        {"code": code, "label": {name: labels[place] for name, labels in options.items()}}
        for place, code in enumerate(range(FIRST_CODE, FIRST_CODE + numbers.pop()))
    ]


def _refuse_missing_languages(
    what: str, texts: Mapping[str, object], instrument: Instrument
) -> None:
    """No wave could open in a language that lacks it."""
    lacking = [language for language in instrument.languages if not texts.get(language)]
    if lacking:
        raise BadInput(f"instruments.{what}_lacking", lacking=lacking)


def _free_id(instrument: Instrument) -> str:
    taken = {question.id for question in instrument.questions}
    for number in range(1, MOST_OWN + 1):
        if f"{OWN_PREFIX}{number}" not in taken:
            return f"{OWN_PREFIX}{number}"
    raise Conflict("instruments.many_own", most=MOST_OWN)


def _with_pinned_keys(instrument: Instrument) -> dict[str, Any]:
    """A key that is not written names the version: written out, it outlives the next one."""
    document = freeze(instrument).document
    keys = {
        question.id: question.comparability_key or instrument.comparability_key(question.id)
        for question in instrument.questions
        if question.columns and question.fields
    }
    return document | {
        "pages": [
            {
                **page,
                "questions": [
                    {**question, "comparability_key": keys[question["id"]]}
                    if question["id"] in keys
                    else question
                    for question in page["questions"]
                ],
            }
            for page in document["pages"]
        ]
    }


def _refuse_taken_version(session: Session, agency_id: str, instrument: Instrument) -> None:
    wanted = freeze(instrument).content_hash
    for entry in library(session, agency_id):
        other = entry.instrument
        same_name = (other.id, other.version) == (instrument.id, instrument.version)
        if same_name and entry.content_hash != wanted:
            raise Conflict(
                "instruments.version_taken",
                version=other.version,
                id=other.id,
                next=other.version + 1,
            )


def _refuse_errors(found: Sequence[FoundLine], question_id: str) -> None:
    errors = [line for line in found if line.finding.weight == "error"]
    if errors:
        raise BadInput(
            "instruments.question_refused", question=question_id, why=errors[0].finding.told
        )
