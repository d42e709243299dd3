"""Two waves under every design that a plan can name, for R to compare again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from analysis.bundle import Bundle, EarlierWave
from analysis.codebook import Codebook
from analysis.dataset import rows_as_csv
from analysis.report import compare_bundle
from app.cli.demo_answers import fill_in, simulate_person
from app.instruments.codebook import build_codebook
from app.instruments.load import load_instrument_file
from app.instruments.sheet import codebook_row, decode_sheet
from app.questions.contract import AreaChoice
from tests.factories import core_trust
from tests.unit.analysis import planned
from tests.unit.analysis.books import book, number, question, scale, table

SAO_PAULO: Final = Path(__file__).parent / "sao_paulo"
BOTH: Final = ("taylor", "jackknife")
AREAS: Final = ('North "A"', "Süd", "日本 \\n")
GROUPS: Final = {"subgroups": ["age", "area"], "area": "area"}
TO_A_POPULATION: Final = {
    "margins": {"age": {1: 25, 2: 30, 3: 45}, "a": {1: 10, 2: 20, 3: 40, 4: 20, 5: 10}},
}
FAR_AWAY: Final = {"margins": {"age": {1: 10, 2: 15, 3: 75}}, "trim": {"low": 0.5, "high": 1.8}}
Cells = dict[str, list[Any]]


@dataclass(frozen=True)
class Case:
    """variances: those that take the design; the others refuse it."""

    name: str
    codebook: Codebook
    files: tuple[str, str]
    plan: Mapping[str, Any] | None
    variances: tuple[str, ...] = BOTH
    earlier: tuple[str, ...] = ()

    def compare(self, variance: str) -> dict[str, Any]:
        return compare_bundle(
            Bundle(
                self.codebook,
                self.codebook,
                *self.files,
                plan=self.plan,
                initiative=self._initiative() if self.earlier else None,
                earlier=tuple(EarlierWave(self.codebook, text) for text in self.earlier),
            ),
            variance=variance,
        )

    def texts(self) -> dict[str, str]:
        """By the names of a bundle's files."""
        others = {f"earlier_{i}": text for i, text in enumerate(self.earlier, 1)}
        return {**dict(zip(("before", "after"), self.files, strict=True)), **others}

    def _initiative(self) -> dict[str, Any]:
        """Fielded five, eleven and so many months apart; the last further wave after the first."""
        days = ["2026-01-20", "2026-12-03", "2025-03-01", "2026-06-18"]
        names = self.texts()
        dates = zip(names, days, strict=False)
        return {"dates": {name: {"first": day, "last": day} for name, day in dates}}


@cache
def cases() -> tuple[Case, ...]:
    drawn = [_drawn(*arguments) for arguments in _designs()]
    return (*drawn, _tiny(), _pick_all(), *map(_sao_paulo, ("djpol_1_3", "pj2_1_2")), _core_trust())


@cache
def cases_beside() -> tuple[Case, ...]:
    """Comparison areas, and further waves."""
    age = {"comparison_areas": {"age": [3]}}
    place = {"comparison_areas": {"area": [AREAS[0]]}}
    three = {"contrasts": {"later": [-1, 0.5, 0.5], "bend": [1, -2, 1]}}
    four = {"contrasts": {"bend": [1, -1, -1, 1], "of three": [1, -2, 1]}}
    to_age = {"weighting": {"margins": {"met": {1: 45, 2: 55}}, "trim": None}}
    rows: tuple[tuple[Any, ...], ...] = (
        ("areas of people", (), False, age, BOTH, 0),
        ("areas by name with weights", ("weight",), False, place, BOTH, 0),
        ("areas with blocks of one wave", ("weight", "psu"), False, place, BOTH, 0),
        ("areas with the same blocks", ("weight", "psu"), True, place, BOTH, 0),
        ("areas with three blocks each", ("few",), True, place | {"psu": "few"}, BOTH, 0),
        ("areas with linked people", ("person_code",), True, place, BOTH, 0),
        ("areas of a population", (), False, place | to_age, BOTH, 0),
        ("areas with a known population", ("psu", "stratum", "fpc"), False, age, ("taylor",), 0),
        ("three waves", (), False, three, BOTH, 1),
        ("four waves with weights", ("weight",), False, four, BOTH, 2),
        ("three waves in strata", ("weight", "stratum"), False, {}, BOTH, 1),
        ("three waves of blocks", ("weight", "psu", "stratum"), False, three, BOTH, 1),
        ("three waves of the same blocks", ("weight", "psu"), True, three, BOTH, 1),
        ("three waves of linked people", ("person_code",), True, {}, BOTH, 1),
        ("three waves of a population", (), False, to_age | three, BOTH, 1),
        ("three waves of one part", ("weight",), False, place, BOTH, 1),
    )
    main = {"primary": ["trust", {"outcome": "a", "measure": "mean"}, "met"], "subgroups": []}
    return tuple(_drawn(*row[:3], {**main, **row[3]}, *row[4:]) for row in rows)


def _codebook() -> Codebook:
    return book(
        *(question(item, missing=(-1,)) for item in "abcd"),
        question("who", (1, 2, 3), level="nominal"),
        question("met", (1, 2), level="binary"),
        number("years", missing=(99,)),
        question("age", (1, 2, 3), role="background"),
        scales=[
            scale("trust", list("abcd"), reverse=("c",), is_primary=True),
            scale("two", ["a", "b"], min_answered="2/3"),
        ],
    )


def _wave(rng: np.random.Generator, n: int, lift: float) -> Cells:
    cells: Cells = {item: _answers(rng, n, lift) for item in "abcd"}
    cells["who"] = rng.integers(1, 4, n).tolist()
    cells["met"] = rng.integers(1, 3, n).tolist()
    cells["years"] = [(None, 99, int(y))[min(int(y), 2)] for y in rng.integers(0, 40, n)]
    cells["age"] = rng.integers(1, 4, n).tolist()
    cells["area"] = rng.choice(AREAS, n).tolist()
    return cells


def _answers(rng: np.random.Generator, n: int, lift: float) -> list[int | None]:
    answers = np.clip(np.round(3 + lift + rng.normal(size=n)), 1, 5)
    left_out = rng.random(n)
    return [
        -1 if out < 0.04 else None if out < 0.08 else int(answer)
        for answer, out in zip(answers, left_out, strict=True)
    ]


def _pick_all() -> Case:
    """Weighted by one group or several, some of nobody's."""
    ticks = {"group_1": [1, 0, 1, 0, 1] * 60, "group_2": [0, 1, 1, 0, 0] * 60}
    margins = {"group": {"Blue": 50, "Green": 35, "two or more": 15}, "sex": {1: 45, 2: 55}}
    waves = table(planned.wave(1, 300, **ticks)), table(planned.wave(2, 300, 0.3, **ticks))
    weighting = {"weighting": {"margins": margins}}
    return Case("a pick-all question", planned.codebook(), waves, weighting)


def _designs() -> tuple[tuple[Any, ...], ...]:
    """Name, design columns, and the variances that take them."""
    clusters = {"weight": "w", "psu": "p", "stratum": "s"}
    return (
        ("equal weights", ()),
        ("unequal weights", ("weight",)),
        ("strata", ("weight", "stratum")),
        ("blocks", ("weight", "psu")),
        ("blocks in strata", ("weight", "psu", "stratum")),
        ("the same blocks twice", ("weight", "psu"), True),
        ("the same blocks in strata twice", ("weight", "psu", "stratum"), True),
        ("linked people", ("person_code",), True),
        ("linked people with weights", ("weight", "person_code"), True),
        ("a known population", (*clusters, "fpc"), False, {}, ("taylor",)),
        ("households inside blocks", (*clusters, "fpc", "ssu", "ssu_fpc"), False, {}, ("taylor",)),
        ("a lonely block, adjusted", tuple(clusters), False, {"lonely_psu": "adjust"}, ("taylor",)),
        ("weights to a population", ("weight",), False, {"weighting": TO_A_POPULATION}),
        ("weights cut at bounds", (), False, {"weighting": FAR_AWAY, "exclusions": {"met": [2]}}),
        ("a comparison area", ("weight",), False, {"comparison_areas": {"age": [3]}}),
        ("a lonely block, certain", tuple(clusters), False, {"lonely_psu": "certainty"}),
    )


def _drawn(
    name: str,
    roles: Sequence[str],
    is_shared: bool = False,  # noqa: FBT001, FBT002 - a row of the table of designs
    more: Mapping[str, Any] | None = None,
    variances: tuple[str, ...] = BOTH,
    further: int | None = None,
) -> Case:
    """further: waves beside the two; None is a case that has nothing beside them."""
    rng = np.random.default_rng(len(name))
    plan = GROUPS | {role: role for role in roles if role != "few"} | dict(more or {})
    first = 160 if further is None else 320
    waves = [_wave(rng, first + 30 * i, 0.2 * i) for i in range(2 + (further or 0))]
    for i, wave in enumerate(waves):
        labels = _labels(rng, len(wave["a"]), "same" if is_shared else "bacd"[i])
        if i == 0 and "lonely_psu" in plan:
            labels["stratum"] = [
                "alone" if psu == labels["psu"][0] else stratum
                for psu, stratum in zip(labels["psu"], labels["stratum"], strict=True)
            ]
        wave |= {role: labels[role] for role in roles}
        if further is not None and "stratum" not in roles:
            wave["area"] = _at_home(labels, roles) or wave["area"]
    before, after, *others = map(table, waves)
    return Case(name, _codebook(), (before, after), plan, variances, tuple(others))


def _at_home(labels: Cells, roles: Sequence[str]) -> list[str]:
    """Blocks and people stay in one place."""
    for role in {"psu", "few", "person_code"}.intersection(roles):
        numbers = ["".join(filter(str.isdigit, label)) for label in labels[role]]
        return [AREAS[int(number or 0) % 3] for number in numbers]
    return []


def _labels(rng: np.random.Generator, n: int, prefix: str) -> Cells:
    block = rng.integers(0, 24, n)
    stratum = [("North", "Süd", "East")[b % 3] for b in block]
    person = rng.permutation(max(260, n + 100))[:n]
    return {
        "weight": np.round(rng.lognormal(0, 0.6, n), 4).tolist(),
        "psu": [f"{prefix}{b}" for b in block],
        "few": [f"{prefix}{i % 9}" for i in range(n)],
        "stratum": stratum,
        "person_code": [f"{prefix}{c}" if c % 4 else "" for c in person],
        "fpc": [{"North": 40, "Süd": 60, "East": 55}[s] for s in stratum],
        "ssu": [str(i % 5) for i in range(n)],
        "ssu_fpc": [30 + b for b in block],
    }


def _tiny() -> Case:
    """Few, alike, or no answers: what cannot be estimated is empty in R as well."""
    rng = np.random.default_rng(3)
    waves = [_wave(rng, 12, 0.0), _wave(rng, 14, 0.2)]
    waves[0] |= {"a": [3] * 12, "met": [1] * 12}
    waves[1] |= {"a": [3] * 14, "b": [None] * 14}
    for wave in waves:
        wave["psu"] = [f"{len(wave['a'])}-{i % 5}" for i in range(len(wave["a"]))]
    files = table(waves[0]), table(waves[1])
    return Case("few answers", _codebook(), files, GROUPS | {"psu": "psu"})


def _sao_paulo(case: str) -> Case:
    folder = SAO_PAULO / case
    codebook = build_codebook(load_instrument_file(folder / "instrument.yaml"), "baseline")
    before, after = ((folder / f"{wave}.csv").read_text("utf-8") for wave in ("before", "after"))
    return Case(f"sao paulo {case}", codebook, (before, after), None)


def _core_trust() -> Case:
    """Simulated people fill in the form of the instrument that ships."""
    places = tuple(AreaChoice(code, {"en": f"Place {code}"}) for code in (1, 2, 3))
    codebook = build_codebook(core_trust(), "baseline", places)
    rng = np.random.default_rng(11)
    files = [_sheets(rng, n, shift, places, codebook) for n, shift in ((150, 0.0), (170, 0.3))]
    return Case("core_trust", codebook, (files[0], files[1]), {"subgroups": ["area"]})


def _sheets(
    rng: np.random.Generator,
    n: int,
    shift: float,
    places: tuple[AreaChoice, ...],
    codebook: Codebook,
) -> str:
    rows = []
    for _ in range(n):
        person = simulate_person(rng, shift=shift, languages=("en", "es"))
        form = fill_in(core_trust(), "baseline", places, person, rng)
        sheet = decode_sheet(core_trust(), form, "baseline", areas=places)
        rows.append(codebook_row(core_trust(), sheet.answers))
    return rows_as_csv([v.id for v in codebook.variables], rows)
