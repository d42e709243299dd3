"""The only words a report uses for a change: one entry a language, numbers as they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from analysis.verdict import Verdict

Grade = Literal["A", "B", "C"]
Family = Literal["primary", "exploratory", "subgroups"]
_SMALLEST_P: Final = 0.001


@dataclass(frozen=True, slots=True)
class Words:
    """How one language tells a change. Keys of `claims` are verdicts."""

    decimal: str
    whole: str
    not_compared: str
    claims: Mapping[str, str]
    held_back: str
    subject: Mapping[str, str]
    figures: Mapping[str, str]
    people: Mapping[str, str]
    grades: Mapping[str, str]
    families: Mapping[str, str]
    up: str
    down: str
    level: str
    points: str
    about: str


ENGLISH: Final = Words(
    decimal=".",
    whole="{title}: among {people}, {claim}. {figures}",
    not_compared="{title}: before and after cannot be compared ({reason}).",
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
    },
    held_back=(
        "we cannot tell whether {subject} changed: taken alone the answers fit {low} to {high}, "
        "but several main outcomes were tested and one such result can be chance"
    ),
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
    level="{amount}",
    points="{amount} percentage points",
    about="about {n}",
)
LANGUAGES: Final[Mapping[str, Words]] = {"en": ENGLISH}


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of one comparison, already rounded as they are shown beside the sentence.

    Shares and their changes are proportions. `ends` are the ends of the answer scale, if any.
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
    n_is_rounded: bool = False
    percent_decimals: int = 1


def tell(
    verdict: Verdict,
    figures: Figures,
    *,
    title: Mapping[str, str],
    answers: Mapping[str, str],
    family: Family,
    grade: Grade,
) -> dict[str, str]:
    """The sentence of a verdict in every language that has words for it."""
    told = {}
    for language, words in LANGUAGES.items():
        shown = _shown(words, figures, in_language(answers, language))
        claim = words.claims[verdict]
        if verdict == "cannot_tell" and not figures.ci_low <= 0 <= figures.ci_high:
            claim = words.held_back
        told[language] = words.whole.format(
            title=in_language(title, language),
            people=words.people[grade],
            claim=claim.format(**shown),
            figures=words.figures[figures.measure].format(
                **shown, family=words.families[family], grade=words.grades[grade]
            ),
        )
    return told


def tell_reason(reason: str, *, title: Mapping[str, str]) -> dict[str, str]:
    """The sentence of a comparison that cannot be made."""
    return {
        language: words.not_compared.format(title=in_language(title, language), reason=reason)
        for language, words in LANGUAGES.items()
    }


def in_language(text: Mapping[str, str], language: str) -> str:
    """The text in a language, else in the first that it has."""
    return text.get(language) or next(iter(text.values()), "")


def _shown(words: Words, figures: Figures, answers: str) -> dict[str, str]:
    def n(count: int) -> str:
        return words.about.format(n=count) if figures.n_is_rounded else str(count)

    share = figures.measure == "share"
    level = _percent if share else _mean
    ends = f" on a scale from {figures.ends[0]:g} to {figures.ends[1]:g}" if figures.ends else ""
    return {
        "subject": words.subject[figures.measure].format(answers=answers),
        "before": level(words, figures.before, figures.percent_decimals),
        "after": level(words, figures.after, figures.percent_decimals),
        "change": _signed(words, figures.change, share=share),
        "low": _signed(words, figures.ci_low, share=share),
        "high": _signed(words, figures.ci_high, share=share),
        "smallest": _amount(words, figures.smallest_change, share=share),
        "p": _p(words, figures.p),
        "n_before": n(figures.n_before),
        "n_after": n(figures.n_after),
        "scale": ends,
    }


def _signed(words: Words, number: float, *, share: bool) -> str:
    amount = _amount(words, abs(number), share=share)
    if not any(digit in "123456789" for digit in amount):
        return words.level.format(amount=amount)
    return (words.up if number > 0 else words.down).format(amount=amount)


def _amount(words: Words, number: float, *, share: bool) -> str:
    if share:
        return words.points.format(amount=_decimal(words, f"{100 * number:.1f}"))
    return _decimal(words, f"{number:.2f}")


def _mean(words: Words, number: float, percent_decimals: int) -> str:
    del percent_decimals
    return _decimal(words, f"{number:.2f}")


def _percent(words: Words, number: float, percent_decimals: int) -> str:
    return _decimal(words, f"{100 * number:.{percent_decimals}f}%")


def _p(words: Words, p: float) -> str:
    if p < _SMALLEST_P:
        return _decimal(words, f"p < {_SMALLEST_P}")
    return _decimal(words, f"p = {p:.3f}")


def _decimal(words: Words, text: str) -> str:
    return text.replace(".", words.decimal)
