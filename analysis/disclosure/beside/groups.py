"""Groups beside each other as they may be published: one test of all, and the gap of each two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from analysis.disclosure.comparison import TELLS_THE_BASE, Context, hidden_comparison
from analysis.disclosure.rounding import P, change_decimals, level_decimals
from analysis.disclosure.rules import suppressed
from analysis.gaps.sentences import tell_gap
from analysis.narrative import Shown, leaves_zero_out

Document = dict[str, Any]
_IN_UNITS: Final = ("estimate", "ci_low", "ci_high", "ci90_low", "ci90_high")
_COUNTS: Final = ("se", "df", "statistic")
_UNTOLD: Final = suppressed("too few answers, or too much alike, to tell")


def release_interactions(
    interactions: Sequence[Document], comparisons: Iterable[Document], context: Context
) -> list[Document]:
    """A gap is hidden where either of its groups is, in either wave, or the headline.

    How far apart two groups stand is told no finer than the groups. No standard error, df or
    statistic: groups hold 30 answers or more in each wave, and these would tell how many more.
    comparisons: those of the computed document.
    """
    known = {_key(c["outcome"], c["measure"], c["group"]): c for c in comparisons}
    releasing = _Releasing(known, context)
    return [releasing.interaction(one) for one in interactions]


def _key(outcome: str, measure: str, group: Mapping[str, Any] | None) -> tuple[Any, ...]:
    return outcome, measure, *((group["variable"], group["code"]) if group else ())


class _Releasing:
    def __init__(self, comparisons: Mapping[tuple[Any, ...], Document], context: Context) -> None:
        self._comparisons = comparisons
        self._context = context

    def interaction(self, one: Document) -> Document:
        return {**one, "test": _test(one["test"]), "gaps": self._gaps(one)}

    def _gaps(self, one: Document) -> Any:
        gaps = one["gaps"]
        if isinstance(gaps, list):
            return [self._gap(one, gap) for gap in gaps]
        return _UNTOLD if gaps == one["test"] else gaps

    def _gap(self, one: Document, gap: Document) -> Document:
        key = one["outcome"], one["measure"]
        main = self._comparisons[_key(*key, None)]
        hidden = self._hidden(main) or self._hidden_group(key, gap)
        levels, changes = level_decimals(main), change_decimals(main)
        told = {
            **{place: gap[place] for place in ("first", "second")},
            **{wave: hidden or _rounded(gap[wave], levels) for wave in ("before", "after")},
            "change": hidden or _rounded(gap["change"], changes),
            "verdict": hidden or gap["verdict"],
            "closing": hidden or gap["closing"],
            "because": None if hidden else gap["because"],
        }
        shown = Shown(0, levels, n_is_rounded=True)
        released_main = {**main, "smallest_change": self._context.smallest_changes[key]}
        is_held_back = leaves_zero_out(gap["change"])
        sentences = tell_gap(told, released_main, one["family"], shown, is_held_back=is_held_back)
        return {**told, "sentence": sentences["en"], "sentences": sentences}

    def _hidden(self, comparison: Document) -> dict[str, str] | None:
        return hidden_comparison(comparison, self._context)

    def _hidden_group(self, key: tuple[str, str], gap: Document) -> dict[str, str] | None:
        both = (self._comparisons[_key(*key, gap[place])] for place in ("first", "second"))
        return next((hidden for one in both if (hidden := self._hidden(one))), None)


def _test(test: Document) -> Document:
    if "not_estimable" in test:
        return _UNTOLD
    hidden = dict.fromkeys(("statistic", "df", "df_below"), TELLS_THE_BASE)
    return {**hidden, "p": round(test["p"], P), "p_adjusted": round(test["p_adjusted"], P)}


def _rounded(change: Mapping[str, Any], decimals: int) -> Document:
    if "not_estimable" in change:
        return dict(change)
    told = {key: round(change[key], decimals) for key in _IN_UNITS}
    p = {key: round(change[key], P) for key in ("p", "p_adjusted") if key in change}
    return told | p | dict.fromkeys(_COUNTS, TELLS_THE_BASE)
