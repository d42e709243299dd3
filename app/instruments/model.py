"""A questionnaire as its YAML file says it: pages of questions, and the scales they make."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from analysis.codebook import MORE_THAN_HALF, SKIPPED
from app.questions import Question
from app.questions.conditions import Condition
from app.questions.contract import (
    MISSING_CODES,
    AreaChoice,
    MissingLabels,
    PageContext,
    WordingStatus,
)
from app.questions.options import OptionSet
from app.questions.schema import (
    WAVE_KINDS,
    Code,
    Flag,
    Id,
    LanguageCode,
    Line,
    Model,
    Phrase,
    Text,
    WaveKind,
    refuse,
)
from app.questions.words import spoken_language, words_in


def _share(share: str) -> str:
    if share != MORE_THAN_HALF and not re.fullmatch(r"[1-9]\d?/[1-9]\d?", share):
        raise refuse("bad_share", share=share)
    return share


Share = Annotated[str, Field(strict=True), AfterValidator(_share)]
Count = Annotated[int, Field(strict=True, ge=1)]
Minutes = Annotated[int, Field(strict=True, ge=1, le=120)]

_AROUND_A_CODE: Final = len('"":,')
_AROUND_WORDS: Final = len('"":"",')
_BYTES_OF_A_CHARACTER: Final = 4  # in UTF-8, or escaped


class Licence(Model):
    spdx: Line | None = None
    text: Line | None = None
    commercial_ok: Flag
    attribution: Line | None = None
    verified_by: Line | None = None
    verified_on: date | None = None


class Source(Model):
    citation: Line
    url: Line | None = None
    doi: Line | None = None


class Language(Model):
    """How far a language's words can be relied on, and who says so."""

    status: Literal["original", "draft", "reviewed", "field_tested"]
    reviewer: Line | None = None
    reviewed_on: date | None = None


class Consent(Model):
    """The part of the first page that every agency using the instrument says alike.

    Who runs it, who pays, whom to ask and how long answers are kept come from the initiative.
    """

    purpose: Text | None = None
    for_whom: Text | None = None
    voluntary: Text | None = None
    no_effect: Text | None = None
    who_sees: Text | None = None
    what_is_kept: Text | None = None


class Page(Model):
    id: Id
    title: Text | None = None
    questions: Annotated[tuple[Question, ...], Field(min_length=1)]

    def questions_in(self, wave_kind: WaveKind) -> tuple[Question, ...]:
        return tuple(question for question in self.questions if wave_kind in question.waves)


class TopBox(Model):
    item: Id
    codes: Annotated[tuple[Code, ...], Field(min_length=1)]


class ReportedAlpha(Model):
    value: Annotated[float, Field(gt=0, le=1)]
    source: Line


class Scale(Model):
    id: Id
    title: Text | None = None
    items: Annotated[tuple[Id, ...], Field(min_length=1)]
    reverse: tuple[Id, ...] = ()
    min_answered: Share = MORE_THAN_HALF
    range: tuple[Code, Code]
    ends: Annotated[dict[LanguageCode, tuple[Phrase, Phrase]], Field(min_length=1)]
    primary: Flag = False
    top_box: TopBox | None = None
    reported_alpha: ReportedAlpha | None = None


class Reading(NamedTuple):
    """A question, with what settles nearly every answer to it without asking the question."""

    id: str
    show_if: Condition | None
    codes: Mapping[str, int]
    plain_answers: frozenset[int]
    question: Question

    @classmethod
    def of(cls, question: Question) -> "Reading":
        codes = question.codes_by_value
        plain = frozenset(codes.values()) | {SKIPPED} if codes else frozenset[int]()
        return cls(question.id, question.show_if, codes, plain, question)


class Instrument(Model):
    id: Id
    version: Count
    title: Text
    status: WordingStatus
    licence: Licence
    source: Source
    population: Line
    minutes: Minutes
    modes_tested: tuple[Id, ...] = ()
    consent: Consent | None = None
    notes: Line | None = None
    languages: Annotated[dict[LanguageCode, Language], Field(min_length=1)]
    missing_labels: Annotated[MissingLabels, Field(default_factory=dict, validate_default=True)]
    option_sets: Annotated[dict[Id, OptionSet], Field(default_factory=dict)]
    pages: Annotated[tuple[Page, ...], Field(min_length=1)]
    scales: tuple[Scale, ...] = ()

    @field_validator("missing_labels", mode="after")
    @classmethod
    def _the_programs_words_fill_gaps(
        cls, given: MissingLabels, info: ValidationInfo
    ) -> MissingLabels:
        """Written into the instrument, so that what was read stays known after an update."""
        languages = [lang for lang in info.data.get("languages", {}) if spoken_language(lang)]
        return {name: words_in(languages, name) | given.get(name, {}) for name in MISSING_CODES}

    @field_validator("option_sets", mode="after")
    @classmethod
    def _sets_know_their_names(cls, given: dict[str, OptionSet]) -> dict[str, OptionSet]:
        return {name: options.named(name) for name, options in given.items()}

    @field_validator("pages", mode="before")
    @classmethod
    def _names_become_option_sets(cls, pages: Any, info: ValidationInfo) -> Any:
        sets = info.data.get("option_sets", {})
        if not isinstance(pages, list):
            return pages
        return [_with_option_sets(page, sets) for page in pages]

    @property
    def original_language(self) -> str:
        by_status = {language.status: code for code, language in self.languages.items()}
        return by_status.get("original") or next(iter(self.languages))

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for page in self.pages for question in page.questions)

    def questions_in(self, wave_kind: WaveKind) -> Iterator[Question]:
        """The questions asked in this kind of wave, in order."""
        return (question for question in self.questions if wave_kind in question.waves)

    @cached_property
    def _asking(self) -> dict[WaveKind, tuple[Question, ...]]:
        return {
            wave_kind: tuple(
                question for question in self.questions_in(wave_kind) if question.fields
            )
            for wave_kind in WAVE_KINDS
        }

    @cached_property
    def _form_fields(self) -> dict[WaveKind, frozenset[str]]:
        return {
            wave_kind: frozenset(name for question in asking for name in question.fields)
            for wave_kind, asking in self._asking.items()
        }

    @cached_property
    def _reading(self) -> dict[WaveKind, tuple[Reading, ...]]:
        return {
            kind: tuple(Reading.of(question) for question in asking if not question.keeps_words)
            for kind, asking in self._asking.items()
        }

    @cached_property
    def _coded_ids(self) -> dict[WaveKind, frozenset[str]]:
        return {kind: frozenset(r.id for r in reading) for kind, reading in self._reading.items()}

    @cached_property
    def _worded(self) -> dict[WaveKind, tuple[Question, ...]]:
        return {
            kind: tuple(q for q in asking if q.keeps_words and not q.links_people)
            for kind, asking in self._asking.items()
        }

    @cached_property
    def _code_elements(self) -> dict[WaveKind, tuple[Question, ...]]:
        return {
            kind: tuple(question for question in asking if question.links_people)
            for kind, asking in self._asking.items()
        }

    def asking(self, wave_kind: WaveKind) -> tuple[Question, ...]:
        """The questions that take an answer."""
        return self._asking[wave_kind]

    def reading(self, wave_kind: WaveKind) -> tuple[Reading, ...]:
        """Those that are answered by codes, prepared to read and to judge a sheet."""
        return self._reading[wave_kind]

    def coded_ids(self, wave_kind: WaveKind) -> frozenset[str]:
        return self._coded_ids[wave_kind]

    def worded(self, wave_kind: WaveKind) -> tuple[Question, ...]:
        """Those that are answered in words of one's own, which are kept apart from all codes."""
        return self._worded[wave_kind]

    def code_elements(self, wave_kind: WaveKind) -> tuple[Question, ...]:
        """The parts of the code that respondents make up to be linked; most ask for none."""
        return self._code_elements[wave_kind]

    @cached_property
    def _most_bytes(self) -> dict[WaveKind, int]:
        return {
            kind: sum(map(_most_bytes_of_codes, coded))
            + sum(map(_most_bytes_of_words, self._worded[kind]))
            for kind, coded in self._reading.items()
        }

    def most_bytes(self, wave_kind: WaveKind) -> int:
        """What all codes and words of one sheet can take at most, in JSON."""
        return self._most_bytes[wave_kind]

    def form_fields(self, wave_kind: WaveKind) -> frozenset[str]:
        """The names that a posted form of this kind of wave may hold."""
        return self._form_fields[wave_kind]

    @cached_property
    def is_shuffled(self) -> bool:
        """Whether two respondents may see one question's options in different orders."""
        return any(question.is_shuffled for question in self.questions)

    def page_context(
        self,
        language: str,
        areas: tuple[AreaChoice, ...],
        tokens: Mapping[str, str],
        order_seed: bytes | None = None,
    ) -> PageContext:
        return PageContext(language, self.missing_labels, areas, tokens, order_seed)

    def comparability_key(self, question_id: str) -> str:
        """The key of a question that declares none."""
        return f"{self.id}/{question_id}/{self.version}"


def _most_bytes_of_codes(read: Reading) -> int:
    return len(read.id) + _AROUND_A_CODE + read.question.most_code_bytes


def _most_bytes_of_words(question: Question) -> int:
    return len(question.id) + _AROUND_WORDS + question.most_characters * _BYTES_OF_A_CHARACTER


def _with_option_sets(page: Any, sets: dict[str, OptionSet]) -> Any:
    if not isinstance(page, dict) or not isinstance(page.get("questions"), list):
        return page
    return {
        **page,
        "questions": [_with_option_set(question, sets) for question in page["questions"]],
    }


def _with_option_set(question: Any, sets: dict[str, OptionSet]) -> Any:
    if not isinstance(question, dict) or not isinstance(question.get("options"), str):
        return question
    return {**question, "options": sets.get(question["options"], question["options"])}
