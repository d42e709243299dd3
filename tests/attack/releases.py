"""Random computed documents whose small groups are worth an attack, and the attack on a release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan, nan
from typing import Any, Final

import numpy as np

from analysis.bundle import Bundle, EarlierWave
from analysis.codebook import NOT_SHOWN, Codebook
from analysis.disclosure.audit.answers import Source, small_answers
from analysis.disclosure.audit.attacker import Attack, Interval, narrow
from analysis.disclosure.audit.beside import Place, small_beside, tell_place
from analysis.disclosure.audit.breakdowns import breakdowns_of, small_areas, small_cells
from analysis.disclosure.audit.concealed import Concealed
from analysis.disclosure.audit.knowledge import Knowledge, Name
from analysis.disclosure.audit.leaks import WAVES, places_beside, tell_source, values_left
from analysis.disclosure.comparison import release_comparison
from analysis.disclosure.release import _context, write_document
from analysis.disclosure.tables import areas_alone
from analysis.report import compare_bundle
from app.reports.breakdowns.columns import with_groups
from tests.unit.analysis.books import book, question, table

Cells = dict[str, list[Any]]
Document = dict[str, Any]

DONT_KNOW: Final = -1
FACTS: Final = {
    "labels": {name: {"en": name} for name in ("earlier_1", "before", "after")},
    "dates": {
        "earlier_1": {"first": "2025-03-02", "last": "2025-03-22"},
        "before": {"first": "2025-09-02", "last": "2025-09-22"},
        "after": {"first": "2026-03-02", "last": "2026-03-22"},
    },
}
BREAKDOWNS: Final = ("age", "sex", "place")
FEWEST: Final = 10
WHOLE_REPORTS: Final = 5
_COUNTED: Final = {"n", "n_eff", "n_before", "n_after", "pairs"}


def codebook() -> Codebook:
    background = {"role": "background"}
    return book(
        question("trust", missing=(DONT_KNOW,), favourable=(4, 5)),
        question("met", (0, 1), level="binary"),
        question("why", (1, 2, 3), level="nominal"),
        question("age", (1, 2, 3, 4), missing=(-2,), **background),
        question("sex", (1, 2, 3), level="nominal", **background),
    )


def random_wave(rng: np.random.Generator, n: int, skew: float) -> Cells:
    """Some groups hold a handful of people; some questions are put to part of the people only."""
    ages = rng.dirichlet(np.full(4, skew))
    cells: Cells = {
        "trust": rng.choice([1, 2, 3, 4, 5], n, p=rng.dirichlet(np.full(5, 3))).tolist(),
        "met": rng.choice([0, 1], n, p=_pair(rng.uniform(0.05, 0.5))).tolist(),
        "age": rng.choice([1, 2, 3, 4], n, p=ages).tolist(),
        "sex": rng.choice([1, 2, 3], n, p=[0.49, 0.49, 0.02]).tolist(),
        "place": rng.choice(["N", "S", "W"], n, p=rng.dirichlet(np.full(3, skew))).tolist(),
    }
    why = rng.choice([1, 2, 3], n).tolist()
    cells["why"] = [w if met else NOT_SHOWN for w, met in zip(why, cells["met"], strict=True)]
    silent = rng.choice([0.0, 0.02, 0.08])
    for name, missing in (("trust", DONT_KNOW), ("met", None), ("age", -2)):
        cells[name] = [missing if rng.random() < silent else c for c in cells[name]]
    return cells


def _pair(p: float) -> list[float]:
    return [1 - p, p]


def random_computed(seed: int, **plan: Any) -> Document:
    rng = np.random.default_rng(seed)
    skew = float(rng.choice([0.6, 1.5, 4]))
    waves = [random_wave(rng, int(rng.integers(60, 500)), skew) for _ in WAVES]
    return compare(waves[0], waves[1], **plan)


def compare(before: Cells, after: Cells, *, further: Cells | None = None, **plan: Any) -> Document:
    """further: a wave that is not compared, and stands in the course."""
    settings = {"primary": ["trust"], "subgroups": list(BREAKDOWNS), "area": "place"} | plan
    bundle = Bundle(*(codebook(), codebook(), table(before), table(after)), plan=settings)
    if further is not None:
        earlier = (EarlierWave(codebook(), table(further)),)
        bundle = replace(bundle, initiative=FACTS, earlier=earlier)
    return compare_bundle(bundle)


def random_report(seed: int) -> Document:
    """Every fifth holds all that a report can hold."""
    return random_computed(seed) if seed % WHOLE_REPORTS else random_whole(seed)


def random_whole(seed: int) -> Document:
    """All that a report can hold: joined or crossed groups, comparison areas, a further wave."""
    rng = np.random.default_rng(seed)
    skew = float(rng.choice([0.6, 1.5, 4]))
    waves = [random_wave(rng, int(rng.integers(120, 500)), skew) for _ in range(3)]
    first, *texts = map(table, waves)
    primary = [{"outcome": "trust", "measure": measure} for measure in ("mean", "share")]
    plan = {"primary": primary, "subgroups": ["age", "sex"], "area": "place"}
    asked: tuple[dict[str, Any], ...] = ({}, {"breakdown": ["age"]}, {"breakdown": ["age", "sex"]})
    bundle = Bundle(
        *(codebook(), codebook(), *texts),
        plan=plan | ({"comparison_areas": {"place": ["W"]}} if seed % 2 else {}),
        initiative=FACTS | asked[seed % 3],
        earlier=(EarlierWave(codebook(), first),),
    )
    return compare_bundle(with_groups(bundle))


def primary_only(computed: Document) -> Document:
    """What is small is hidden, and nothing beside it: what an engine without R5 would publish."""
    released = write_document(computed, Concealed())
    alone = {d["variable"]: _told_alone(d) for d in released["distributions"]}
    if released["people_by_area"]:
        alone[released["people_by_area"]["variable"]] = areas_alone(released["people_by_area"])
    context = _context(computed, computed["distributions"], alone, Concealed())
    bases = replace(
        context.bases,
        members={key: n for key, n in context.bases.members.items() if key[2] in alone[key[1]]},
    )
    naive = replace(context, groups={}, bases=bases)
    return {
        **released,
        "comparisons": [release_comparison(c, naive) for c in computed["comparisons"]],
    }


def _told_alone(distribution: Mapping[str, Any]) -> set[int]:
    told = (w["categories"] for w in distribution["waves"].values())
    lists = [t for t in told if isinstance(t, list)]
    return {c["codes"][0] for t in lists for c in t if len(c["codes"]) == 1}


@dataclass(frozen=True)
class Found:
    """A hidden number of people: what it is, and what is left of it after the attack."""

    name: Name
    truth: float
    interval: Interval

    @property
    def is_narrowed(self) -> bool:
        return values_left(self.interval, FEWEST) < FEWEST

    @property
    def is_sound(self) -> bool:
        return isnan(self.truth) or self.interval[0] <= self.truth <= self.interval[1]


def attack(*releases: tuple[Document, Document, Mapping[str, str]]) -> list[Found]:
    """Everything that the releases tell, together; each with the name of its waves."""
    attacks, truths = [], []
    for wave in WAVES:
        known, hidden = Knowledge(), dict[Name, float]()
        for computed, released, waves in releases:
            if wave in waves:
                source = Source(computed, released, waves[wave], wave)
                tell_source(known, source)
                hidden |= dict(_hidden(source))
        attacks.append(Attack(known, [name for name in hidden if name in known.low]))
        truths.append(hidden)
    for computed, released, _ in releases:
        for place in places_beside(computed, released):
            known, hidden = Knowledge(), dict(_hidden_beside(place))
            tell_place(known, place)
            attacks.append(Attack(known, [name for name in hidden if name in known.low]))
            truths.append(hidden)
    found = narrow(attacks, FEWEST - 1)
    return [
        Found(name, truth[name], interval)
        for intervals, truth in zip(found, truths, strict=True)
        for name, interval in intervals.items()
    ]


def _hidden(source: Source) -> Iterator[tuple[Name, float]]:
    for distribution in source.computed["distributions"]:
        wave = distribution["waves"][source.wave]
        counts = {("answer", c["codes"][0]): c["n"] for c in wave["categories"]}
        counts |= {("missing", e["code"]): e["n"] for e in wave["missing"]}
        counts |= {("unsaid",): sum(e["n"] for e in wave["missing"])}
        for name in small_answers(source, distribution["variable"]):
            yield name, counts[name[2:]]
    yield from small_areas(source)
    for breakdown in breakdowns_of(source):
        rows = {_key(row): row[source.wave] for row, _ in breakdown.rows()}
        for name, codes in small_cells(breakdown):
            if name[2] != breakdown.variable and name[1] == breakdown.question:
                yield name, nan  # an answer that a group is made of: not counted by question
                continue
            truth = rows[name[-1], codes] if codes else _any(rows, name[-1])
            yield name, _truth(name, truth)


def _hidden_beside(place: Place) -> Iterator[tuple[Name, float]]:
    rows = {outcome: row[0] for outcome, row, _ in place.rows() if row[0].get("n_chosen")}
    for name, outcome in small_beside(place):
        truth = rows.get(outcome)
        if truth is None or name[-1] == "unsaid":
            yield name, nan
            continue
        chosen = name[1] == "chosen"
        yield name, truth["n_chosen"] if chosen else truth["n"] - truth["n_chosen"]


def _key(row: Mapping[str, Any]) -> tuple[Any, Any]:
    share = row["share_of"]
    return row["group"]["code"], tuple(share["codes"]) if share else None


def _any(rows: Mapping[tuple[Any, Any], Any], code: object) -> Any:
    return next(row for (of, _), row in rows.items() if of == code)


def _truth(name: Name, row: Mapping[str, Any]) -> float:
    if "n" not in row:
        return nan  # nobody, or one person: of them nothing is estimated
    if name[1] == "sum":
        return float(row["n_chosen"])
    return float(row["n"] - row["n_chosen"]) if name[1] == "rest" else float(row["n"])


def shown_bases(released: Document) -> Sequence[float]:
    """Every number of people that a release shows."""
    return list(_bases(released))


def _bases(part: Any) -> Iterator[float]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key in _COUNTED and isinstance(value, int | float):
                yield value
            else:
                yield from _bases(value)
    elif isinstance(part, list):
        for value in part:
            yield from _bases(value)
