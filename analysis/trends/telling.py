"""How each outcome moved over the waves: verdicts and sentences, as a document has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.comparisons.trend import Trend
from analysis.guard.words import because_of
from analysis.narrative import Shown, leaves_zero_out, narrate
from analysis.outcomes import Outcome
from analysis.plain import plain
from analysis.refusals import NotEstimable, Refusal
from analysis.sentences import Grade
from analysis.trends.fairness import Pair, pairs_of, unfair
from analysis.trends.fieldwork import ManyWaves
from analysis.trends.numbers import Amounts, adjust, numbers_of
from analysis.trends.sentences import tell_trend
from analysis.trends.verdicts import Blocked, Contrasted, verdict_of_trend

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """What all outcomes are told by.

    unit: of the waves' times, "month" or any. amounts: see `numbers_of`. elsewhere: a pair of waves
    that the document compares already.
    """

    many: ManyWaves
    grade: Grade
    unit: str
    amounts: Amounts = field(default_factory=dict)
    elsewhere: Pair | None = None

    def trends(self, outcomes: Sequence[Outcome]) -> list[Entry]:
        """One entry an outcome; slopes and tests of any change are adjusted over all of them."""
        found = [(outcome, self.many.trend_of(outcome)) for outcome in outcomes]
        entries = [numbers_of(outcome, trend, self.many, self.amounts) for outcome, trend in found]
        adjust(entries)
        blocked = {pair: _blocked(self.many, pair) for pair in pairs_of(len(self.many.waves))}
        return [
            self._told(entry, trend, blocked)
            for entry, (_, trend) in zip(entries, found, strict=True)
        ]

    def _told(
        self, entry: Entry, trend: Trend | NotEstimable, blocked: Mapping[Pair, Blocked]
    ) -> Entry:
        worst = _of_neighbours(blocked)
        verdict = verdict_of_trend(entry, worst)
        told = {
            **entry,
            "verdict": verdict,
            "because": _because(verdict, worst),
            "contrasts": [],
            "named_contrasts": [],
        }
        if isinstance(trend, Trend):
            told["contrasts"] = [self._pair(entry, one) for one in self._pairs(trend, blocked)]
            told["named_contrasts"] = [_own(own) for own in trend.named]
        sentences = tell_trend(told, Shown(), self.grade, self.unit)
        return {**told, "sentence": sentences["en"], "sentences": sentences}

    def _pairs(self, trend: Trend, blocked: Mapping[Pair, Blocked]) -> Iterator[Contrasted]:
        found: dict[Pair, Contrasted] = {}
        for one in trend.contrasts:
            pair = one.earlier, one.later
            found[pair] = Contrasted(pair, one.change, one.p_adjusted, blocked[pair])
        for earlier, later, reason in trend.untested:
            pair = earlier, later
            found[pair] = Contrasted(pair, reason, None, blocked[pair])
        wanted = (pair for pair in pairs_of(len(trend.waves)) if pair != self.elsewhere)
        yield from (found[pair] for pair in wanted)

    def _pair(self, entry: Entry, one: Contrasted) -> Entry:
        """Told in the words of a comparison of two waves."""
        verdict = one.verdict(entry)
        change = plain(one.change)
        if "not_estimable" not in change:
            change["p_adjusted"] = one.p_adjusted
        told = {
            "earlier": one.waves[0],
            "later": one.waves[1],
            "change": change,
            "verdict": verdict,
            "because": _because(verdict, one.blocked),
        }
        is_held_back = leaves_zero_out(change)
        sentences = tell_pair(entry, told, self.grade, Shown(), is_held_back=is_held_back)
        return {**told, "sentence": sentences["en"], "sentences": sentences}


def tell_pair(
    entry: Entry, told: Entry, grade: Grade, shown: Shown, *, is_held_back: bool
) -> dict[str, str]:
    """The sentence of two waves of a trend, from the numbers as they stand in it; see `narrate`."""
    comparison = {
        **entry,
        "group": None,
        "depends_on_method": False,
        "before": entry["waves"][told["earlier"]],
        "after": entry["waves"][told["later"]],
        "change": {**told["change"], "family": entry["family"]},
        "verdict": told["verdict"],
        "because": told["because"],
    }
    return narrate(comparison, grade, shown, is_held_back=is_held_back)


def _because(verdict: object, blocked: Blocked) -> dict[str, str] | None:
    if verdict != "not_comparable" or isinstance(blocked, NotEstimable):
        return None
    return because_of(blocked)


def _blocked(many: ManyWaves, pair: Pair) -> Blocked:
    try:
        return unfair(many, pair)
    except Refusal as refusal:
        return NotEstimable(str(refusal))


def _of_neighbours(blocked: Mapping[Pair, Blocked]) -> tuple[str, ...]:
    """What forbids to read the whole as one course, each finding once."""
    steps = (ids for (i, j), ids in blocked.items() if j == i + 1 and isinstance(ids, tuple))
    return tuple(dict.fromkeys(name for ids in steps for name in ids))


def _own(own: Any) -> Entry:
    change = plain(own.change)
    if "not_estimable" not in change:
        change["p_adjusted"] = own.p_adjusted
    return {"name": own.name, "coefficients": list(own.coefficients), "change": change}
