"""What staff typed from one paper sheet, twice, and where the two differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, get_args

from app.collectors.service import FieldedCollector
from app.questions import Question
from app.questions.contract import AnswerProblem
from app.responses.pages.sheet_page import is_asked
from app.responses.pages.sheet_reading import ReadForm, read_sheet
from app.responses.pages.wording import languages_of
from app.responses.quality import Quality
from app.web.forms import Form

Step = Literal["first", "second", "settle"]
STEPS: Final[tuple[Step, ...]] = get_args(Step)
FIRST: Final = "first."  # no id of a question holds a dot
SECOND: Final = "second."
MOST_COUNTED: Final = 99_999
Keyed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """One pass through the sheet, as it was understood."""

    form: ReadForm

    @property
    def problems(self) -> Mapping[str, AnswerProblem]:
        return self.form.problems

    def said(self, question_id: str) -> object:
        sheet, code = self.form.sheet, self.form.code
        return sheet.answers.get(question_id), sheet.words.get(question_id), code.get(question_id)


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper sheet on its way from the desk into the box; all of it stands in the page.

    `keyed` is what was just typed; while settling, that is only what was asked for again.
    """

    collector: FieldedCollector
    language: str
    token: str
    stored: int = 0
    step: Step = "first"
    keyed: Keyed = field(default_factory=dict)
    first: Keyed = field(default_factory=dict)
    second: Keyed = field(default_factory=dict)

    def to_second(self) -> Entry:
        return replace(self, step="second", first=self.keyed, keyed={})

    def to_settle(self) -> Entry:
        return replace(self, step="settle", second=self.keyed, keyed={})

    def read(self) -> Reading:
        """As it would be stored: the second pass, with what was settled in its place."""
        return self._reading({**self.second, **self.keyed})

    def differences(self, second: Keyed) -> frozenset[str]:
        """What was understood counts, not what was typed: 3 1 and 1,3 are the same."""
        one, other = self._reading(self.first), self._reading(second)
        asked = (question.id for question in asked_of(self.collector))
        return frozenset(name for name in asked if one.said(name) != other.said(name))

    def asks_for(self, problems: Iterable[str]) -> frozenset[str] | None:
        """The questions on the page; None for all."""
        if self.step != "settle":
            return None
        return self.differences(self.second) | self.keyed.keys() | frozenset(problems)

    def _reading(self, keyed: Keyed) -> Reading:
        """Decoded and checked as if the resident had filled in the page."""
        form = {
            question.id: question.keyed(keyed[question.id])
            for question in asked_of(self.collector)
            if keyed.get(question.id)
        }
        return Reading(read_sheet(self.collector, form, self.language, Quality(0)))


def asked_of(collector: FieldedCollector) -> list[Question]:
    asking = collector.instrument.asking(collector.wave_kind)
    return [question for question in asking if is_asked(question, collector)]


def posted_entry(collector: FieldedCollector, form: Form) -> Entry:
    """What the page sent; fields that belong to no question are nobody's."""
    step, stored = only(form, "_step"), only(form, "_stored")
    return Entry(
        collector,
        language=sheet_language(collector, only(form, "_lang")),
        token=only(form, "_token"),
        stored=min(int(stored), MOST_COUNTED) if re.fullmatch(r"[0-9]{1,5}", stored) else 0,
        step=next((known for known in STEPS if known == step), "first"),
        keyed=_keyed_in(collector, form),
        first=_keyed_in(collector, form, FIRST),
        second=_keyed_in(collector, form, SECOND),
    )


def _keyed_in(collector: FieldedCollector, form: Form, prefix: str = "") -> dict[str, str]:
    names = ((question.id, prefix + question.id) for question in asked_of(collector))
    return {own: form[name][0].strip() for own, name in names if name in form}


def sheet_language(collector: FieldedCollector, wanted: str) -> str:
    offered = languages_of(collector)
    return wanted if wanted in offered else offered[0]


def only(form: Form, name: str) -> str:
    values = form.get(name, [])
    return values[0] if len(values) == 1 else ""
