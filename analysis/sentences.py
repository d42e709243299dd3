"""The only words a report uses for a change: one entry a language, numbers as they are shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from analysis.codebook import runs_right_to_left
from analysis.phrases import phrase_in
from analysis.verdict import SIGNIFICANCE, Verdict

Grade = Literal["A", "B", "C"]
Family = Literal["primary", "exploratory", "subgroups"]
_SMALLEST_P: Final = 0.001


@dataclass(frozen=True, slots=True)
class Words:
    """How one language tells a change. Keys of `claims` are verdicts.

    status: a draft was read by no second person.
    """

    decimal: str
    whole: str
    not_compared: str
    claims: Mapping[str, str]
    held_back: str
    can_be_chance: str
    in_group: str
    scale: str
    subject: Mapping[str, str]
    figures: Mapping[str, str]
    people: Mapping[str, str]
    grades: Mapping[str, str]
    families: Mapping[str, str]
    up: str
    down: str
    percentage_points: str
    points: str
    about: str
    depends_on_method: str
    status: Literal["original", "draft"] = "original"


ENGLISH: Final = Words(
    decimal=".",
    whole="“{title}”: among {people}, {claim}. {figures}",
    not_compared="“{title}”: before and after cannot be compared ({reason}).",
    claims={
        "rose_by_what_matters": "{subject} rose, and by an amount large enough to matter",
        "rose_maybe_less": (
            "{subject} rose; it may be by less than the smallest change that matters ({smallest})"
        ),
        "rose_slightly": "{subject} rose slightly, by less than what matters ({smallest})",
        "fell_by_what_matters": "{subject} fell, and by an amount large enough to matter",
        "fell_maybe_less": (
            "{subject} fell; it may be by less than the smallest change that matters ({smallest})"
        ),
        "fell_slightly": "{subject} fell slightly, by less than what matters ({smallest})",
        "about_the_same": (
            "{subject} stayed about the same: any change is smaller than what matters ({smallest})"
        ),
        "cannot_tell": (
            "we cannot tell whether {subject} changed: the answers fit anything from {low} to "
            "{high}"
        ),
        "not_comparable": ("the difference in {subject} is not called a change, because {because}"),
    },
    held_back=(
        "we cannot tell whether {subject} changed: taken alone the answers fit {low} to {high}, "
        "but several main outcomes were tested and one such change can be chance"
    ),
    in_group="{people} in the group “{group}”",
    can_be_chance="{claim}; among so many comparisons one like this can be chance",
    scale=" on a scale from {low} to {high}",
    subject={
        "mean": "the average answer",
        "share": "the share answering {answers}",
    },
    figures={
        "mean": (
            "{before} before and {after} after{scale}: {change} (95% interval {low} to {high}; "
            "{p}, {family}; {n_before} answers before, {n_after} after; {grade})."
        ),
        "share": (
            "{before} before and {after} after: {change} (95% interval {low} to {high}; "
            "{p}, {family}; {n_before} answers before, {n_after} after; {grade})."
        ),
    },
    people={
        "A": "residents",
        "B": "residents, as far as weighting can make up for who answered",
        "C": "the people who answered",
    },
    grades={
        "A": "grade A, a probability sample both times",
        "B": "grade B, weighted, not a probability sample",
        "C": "grade C, not a probability sample",
    },
    families={
        "primary": "main outcome",
        "exploratory": "exploratory, adjusted for the number of tests",
        "subgroups": "exploratory subgroup, adjusted for the number of tests",
    },
    up="{amount} up",
    down="{amount} down",
    percentage_points="{amount} percentage points",
    points="{amount} points",
    about="about {n}",
    depends_on_method=(
        "{sentence} This depends on the method: another way of comparing the same answers says "
        "something else."
    ),
)


def _translated(language: str) -> Words:
    path = Path(__file__).with_name("verdict_words") / f"{language}.json"
    return Words(**json.loads(path.read_text("utf-8")))


LANGUAGES: Final[Mapping[str, Words]] = {
    "en": ENGLISH,
    **{language: _translated(language) for language in ("es", "ar", "vi")},
}


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one comparison, already rounded as they are shown beside the sentence.

    Shares and their changes are proportions. `ends` are the ends of the answer scale, if any.
    is_held_back: the interval leaves 0 out, and only the Holm-adjusted p forbids to call it.
    """

    measure: Literal["mean", "share"]
    before: float
    after: float
    change: float
    ci_low: float
    ci_high: float
    p: float
    n_before: int
    n_after: int
    smallest_change: float
    ends: tuple[float, float] | None
    is_held_back: bool
    n_is_rounded: bool = False
    percent_decimals: int = 1
    mean_decimals: int = 2


@dataclass(frozen=True, slots=True)
class About:
    """What a comparison is about. answers: the chosen ones of a share; group: None for everyone.

    because: why the waves are not comparable; empty where they are. depends_on_method: another
    analysis of the same answers comes to another verdict.
    """

    title: Mapping[str, str]
    answers: Mapping[str, str]
    group: Mapping[str, str] | None
    family: Family
    grade: Grade
    because: Mapping[str, str] = field(default_factory=dict)
    depends_on_method: bool = False


def tell(verdict: Verdict, figures: Figures, about: About) -> dict[str, str]:
    """The sentence of a verdict in every language that has words for it."""
    told = {}
    for language, words in LANGUAGES.items():
        shown = _shown(words, figures, in_language(about.answers, language))
        claim = _claim(words, verdict, figures, about.family)
        sentence = words.whole.format(
            title=in_language(about.title, language),
            people=_people(words, about, language),
            claim=claim.format(**shown, because=in_language(about.because, language)),
            figures=words.figures[figures.measure].format(
                **shown, family=words.families[about.family], grade=words.grades[about.grade]
            ),
        )
        tag = words.depends_on_method if about.depends_on_method else "{sentence}"
        told[language] = tag.format(sentence=sentence)
    return told


def _people(words: Words, about: About, language: str) -> str:
    people = words.people[about.grade]
    if about.group is None:
        return people
    return words.in_group.format(people=people, group=in_language(about.group, language))


def _claim(words: Words, verdict: Verdict, figures: Figures, family: Family) -> str:
    """The words of the verdict, with the caution that its p asks for."""
    if verdict == "cannot_tell" and figures.is_held_back:
        return words.held_back
    claim = words.claims[verdict]
    is_change = verdict not in {"about_the_same", "cannot_tell", "not_comparable"}
    if is_change and family != "primary" and figures.p >= SIGNIFICANCE:
        return words.can_be_chance.format(claim=claim)
    return claim


def tell_reason(reason: str, *, title: Mapping[str, str]) -> dict[str, str]:
    """The sentence of a comparison that cannot be made."""
    return {
        language: words.not_compared.format(
            title=in_language(title, language), reason=phrase_in(language, reason)
        )
        for language, words in LANGUAGES.items()
    }


def in_language(text: Mapping[str, str], language: str) -> str:
    """The text in a language, else in the first that it has.

    Another's words that run the other way are set apart (Unicode UAX #9), or the question mark of
    an English title would stand on its wrong side in an Arabic sentence.
    """
    own = text.get(language)
    if own:
        return own
    other, words = next(iter(text.items()), (language, ""))
    runs_the_other_way = runs_right_to_left(other) != runs_right_to_left(language)
    return f"\u2068{words}\u2069" if words and runs_the_other_way else words


def _shown(words: Words, figures: Figures, answers: str) -> dict[str, str]:
    def n(count: int) -> str:
        return words.about.format(n=count) if figures.n_is_rounded else str(count)

    number = Numbers(words, figures)
    return {
        "subject": words.subject[figures.measure].format(answers=answers),
        "before": number.level(figures.before),
        "after": number.level(figures.after),
        "change": number.signed(figures.change, words.percentage_points),
        "low": number.signed(figures.ci_low, words.points),
        "high": number.signed(figures.ci_high, words.points),
        "smallest": number.amount(figures.smallest_change, words.percentage_points),
        "p": number.p(figures.p),
        "n_before": n(figures.n_before),
        "n_after": n(figures.n_after),
        "scale": number.scale(),
    }


@dataclass(frozen=True, slots=True)
class Numbers:
    """How one comparison's numbers are written in one language."""

    words: Words
    figures: Figures

    def level(self, value: float) -> str:
        if self.figures.measure == "share":
            return self._decimal(f"{100 * value:.{self.figures.percent_decimals}f}%")
        return self._decimal(f"{value:.{self.figures.mean_decimals}f}")

    def amount(self, value: float, unit: str) -> str:
        if self.figures.measure == "share":
            return unit.format(amount=self._decimal(f"{100 * value:.1f}"))
        return self._decimal(f"{value:.{self.figures.mean_decimals}f}")

    def distance(self, value: float, unit: str) -> str:
        """Between two levels, and told no finer than these."""
        if self.figures.measure == "share":
            told = f"{100 * value:.{self.figures.percent_decimals}f}"
            return unit.format(amount=self._decimal(told))
        return self._decimal(f"{value:.{self.figures.mean_decimals}f}")

    def signed(self, value: float, unit: str) -> str:
        """With up or down, but for what is written as zero."""
        amount = self.amount(abs(value), unit)
        if not any(digit in "123456789" for digit in amount):
            return amount
        return (self.words.up if value > 0 else self.words.down).format(amount=amount)

    def scale(self) -> str:
        if self.figures.ends is None:
            return ""
        low, high = (self._decimal(f"{end:g}") for end in self.figures.ends)
        return self.words.scale.format(low=low, high=high)

    def p(self, value: float) -> str:
        if value < _SMALLEST_P:
            return self._decimal(f"p < {_SMALLEST_P}")
        return self._decimal(f"p = {value:.3f}")

    def _decimal(self, text: str) -> str:
        return text.replace(".", self.words.decimal)
