"""The course over all waves as it may be published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analysis.disclosure.audit.bases import in_proportion, rests_on
from analysis.disclosure.comparison import TELLS_THE_BASE, Context, hidden_comparison
from analysis.disclosure.rounding import (
    P,
    change_decimals,
    level_decimals,
    rounded,
    rounded_base,
    rounded_or_hidden,
)
from analysis.disclosure.rules import BESIDE, hidden_base, hidden_estimate
from analysis.narrative import Shown, leaves_zero_out
from analysis.sentences import Grade
from analysis.trends.sentences import tell_trend
from analysis.trends.telling import tell_pair

Document = dict[str, Any]
_IN_UNITS: Final = ("estimate", "ci_low", "ci_high", "ci90_low", "ci90_high")
_COUNTS: Final = ("se", "df", "statistic")
_KEPT: Final = (
    "outcome",
    "measure",
    "share_of",
    "title",
    "low",
    "high",
    "higher_is_favourable",
    "family",
)


def release_trend(
    trend: Document | None, comparisons: Sequence[Document], context: Context
) -> Document | None:
    """Each wave by the rules of a comparison's waves (R1-R3, R6); a change where both may be shown.

    What rests on all waves (slope, one test of any change, the sentence) is hidden where one of
    them is; all of an outcome where the report's own comparison of it is. No standard error, df or
    statistic. comparisons: those of the computed document.
    """
    if trend is None or "not_estimable" in trend:
        return trend
    mains = {(c["outcome"], c["measure"]): c for c in comparisons if c["group"] is None}
    sizes = [wave["n"] for wave in trend["waves"]]
    releasing = _Releasing(context, sizes, trend["grade"], trend["unit"])
    return {
        "unit": trend["unit"],
        "waves": [_wave(wave, context.threshold) for wave in trend["waves"]],
        "grade": trend["grade"],
        "trends": [
            releasing.entry(entry, mains[entry["outcome"], entry["measure"]])
            for entry in trend["trends"]
        ],
    }


def _wave(wave: Document, threshold: int) -> Document:
    hidden = hidden_base(wave["n"], threshold)
    return {
        **wave,
        "time": round(wave["time"], 1),
        "n": hidden or rounded_base(wave["n"]),
        "n_eff": hidden or rounded_or_hidden(wave["n_eff"], threshold),
    }


@dataclass(frozen=True, slots=True)
class _Releasing:
    """sizes: people of each wave."""

    context: Context
    sizes: Sequence[int]
    grade: Grade
    unit: str

    def entry(self, entry: Document, main: Document) -> Document:
        is_beside = ("trend", entry["outcome"]) in self.context.bases.concealed.beside
        worst = hidden_comparison(main, self.context) or (BESIDE if is_beside else None)
        beside = BESIDE if worst else None  # why, is said of the wave that it is true of
        hidden = [self._hidden(entry, wave) or beside for wave in range(len(entry["waves"]))]
        of_all = worst or next((reason for reason in hidden if reason), None)
        told = {
            **{key: entry[key] for key in _KEPT},
            "smallest_change": self.context.smallest_changes[entry["outcome"], entry["measure"]],
            "waves": [reason or self._estimate(entry, wave) for wave, reason in enumerate(hidden)],
            "slope": of_all or _change(entry["slope"], change_decimals(entry) + 1),
            "omnibus": of_all or _omnibus(entry["omnibus"]),
            "verdict": of_all or entry["verdict"],
            "because": None if of_all else entry["because"],
        }
        shown = Shown(0, level_decimals(entry), n_is_rounded=True)
        sentences = tell_trend(told, shown, self.grade, self.unit)
        return {
            **told,
            "contrasts": [self._pair(told, pair, hidden, shown) for pair in entry["contrasts"]],
            "named_contrasts": [
                {**own, "change": of_all or _change(own["change"], change_decimals(entry))}
                for own in entry["named_contrasts"]
            ],
            "sentence": sentences["en"],
            "sentences": sentences,
        }

    def _hidden(self, entry: Document, wave: int) -> dict[str, str] | None:
        as_comparison = {**entry, "estimate": entry["waves"][wave]}
        return hidden_estimate(as_comparison, "estimate", self.context.threshold)

    def _estimate(self, entry: Document, wave: int) -> Document:
        told, decimals = entry["waves"][wave], level_decimals(entry)
        n, whole, threshold = told["n"], self.sizes[wave], self.context.threshold
        return {
            **{key: rounded(told[key], decimals) for key in ("estimate", "ci_low", "ci_high")},
            "se": TELLS_THE_BASE,
            "n": rounded_base(rests_on(n, whole, threshold)),
            "n_eff": in_proportion(told["n_eff"], n, whole, threshold),
            "n_chosen": None if told["n_chosen"] is None else TELLS_THE_BASE,
        }

    def _pair(
        self,
        entry: Document,
        pair: Document,
        hidden: Sequence[dict[str, str] | None],
        shown: Shown,
    ) -> Document:
        reason = hidden[pair["earlier"]] or hidden[pair["later"]]
        told = {
            **{key: pair[key] for key in ("earlier", "later")},
            "change": reason or _change(pair["change"], change_decimals(entry)),
            "verdict": reason or pair["verdict"],
            "because": None if reason else pair["because"],
        }
        is_held_back = leaves_zero_out(pair["change"])
        sentences = tell_pair(entry, told, self.grade, shown, is_held_back=is_held_back)
        return {**told, "sentence": sentences["en"], "sentences": sentences}


def _change(change: Mapping[str, Any], decimals: int) -> Document:
    if "not_estimable" in change:
        return dict(change)
    told = {key: round(change[key], decimals) for key in _IN_UNITS}
    p = {key: round(change[key], P) for key in ("p", "p_adjusted")}
    return told | p | dict.fromkeys(_COUNTS, TELLS_THE_BASE)


def _omnibus(test: Mapping[str, Any]) -> Document:
    if "not_estimable" in test:
        return dict(test)
    p = {key: round(test[key], P) for key in ("p", "p_adjusted")}
    return dict.fromkeys(("statistic", "df", "df_below"), TELLS_THE_BASE) | p
