"""The public bundle: what was released, as tables, with an R script that derives each figure again.

Nothing in it was not published: whoever may read the report may have it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any, Final

from analysis.bundle import pack
from analysis.codebook import Codebook
from app.exports.codebooks.flat import write_csv
from app.exports.text_cells import inert
from app.exports.words import in_language

SCHEMA: Final = "rapport.public_bundle/1"
_LEVEL: Final = ("estimate", "se", "ci_low", "ci_high", "n", "n_eff")
_CHANGE: Final = ("estimate", "se", "ci_low", "ci_high", "df", "statistic", "p", "p_adjusted")
COMPARISONS: Final = (
    *("comparison", "outcome", "measure", "variable", "codes", "group_variable", "group_code"),
    *(f"before_{part}" for part in _LEVEL),
    *(f"after_{part}" for part in _LEVEL),
    *(f"change_{part}" for part in _CHANGE),
    *("level_decimals", "change_decimals", "family", "smallest_change", "verdict", "withheld"),
)
_INTERVAL: Final = ("estimate", "ci_low", "ci_high")
_GAP_PARTS: Final = ("before", "after", "change")
GAPS: Final = (
    *("outcome", "measure", "group_variable", "first_code", "second_code"),
    *(f"{part}_{name}" for part in _GAP_PARTS for name in _INTERVAL),
    *("change_p", "change_p_adjusted", "level_decimals", "change_decimals"),
    *("family", "closing", "withheld"),
)
_BESIDE_PARTS: Final = ("before", "after", "change", "difference")
AREAS: Final = (
    *("outcome", "measure"),
    *(f"{part}_{name}" for part in _BESIDE_PARTS for name in _INTERVAL),
    *("main_change_estimate", "change_p", "difference_p"),
    *("level_decimals", "change_decimals", "verdict", "withheld"),
)
COURSE: Final = (
    *("outcome", "measure", "earlier_wave", "later_wave"),
    *(f"{part}_{name}" for part in ("earlier", "later", "change") for name in _INTERVAL),
    *("change_p", "change_p_adjusted", "level_decimals", "change_decimals", "verdict", "withheld"),
)
ANSWERS: Final = ("variable", "wave", "codes", "label", "is_valid", "n", "share", "withheld")
_ROUNDED_ALIKE: Final = ("estimate", "se", "ci_low", "ci_high")
Document = Mapping[str, Any]
Cell = str | int | float


def public_bundle(released: Document, codebooks: Mapping[str, Codebook], language: str) -> bytes:
    """released: the document as it was published. codebooks: of before and after."""
    scripts = files("app.exports.bundles")
    members = {
        "README.txt": (scripts / "public.txt").read_bytes(),
        "released.json": _json(released),
        "plan.json": _json(released["plan"]),
        "comparisons.csv": _csv(COMPARISONS, comparison_rows(released)),
        "gaps.csv": _csv(GAPS, gap_rows(released)),
        "areas.csv": _csv(AREAS, area_rows(released)),
        "course.csv": _csv(COURSE, course_rows(released)),
        "answers.csv": _csv(ANSWERS, answer_rows(released, language)),
        **{f"codebook_{wave}.csv": write_csv(book, language) for wave, book in codebooks.items()},
        "derive.R": (scripts / "public.R").read_bytes(),
    }
    file = io.BytesIO()
    pack(SCHEMA, members, file)
    return file.getvalue()


def comparison_rows(released: Document) -> Iterator[Sequence[Cell]]:
    """*_decimals: how finely the figures of this row are told."""
    for number, comparison in enumerate(released["comparisons"], 1):
        share_of, group = comparison["share_of"] or {}, comparison["group"] or {}
        change, levels = comparison["change"], (comparison["before"], comparison["after"])
        yield (
            number,
            comparison["outcome"],
            comparison["measure"],
            share_of.get("variable", ""),
            " ".join(map(str, share_of.get("codes", ()))),
            group.get("variable", ""),
            group.get("code", ""),
            *(cell for level in levels for cell in _parts(level, _LEVEL)),
            *_parts(change, _CHANGE),
            _decimals(*levels),
            _decimals(change),
            change["family"],
            _number(comparison["smallest_change"]),
            comparison["verdict"] if isinstance(comparison["verdict"], str) else "",
            _withheld(*levels, change),
        )


def gap_rows(released: Document) -> Iterator[Sequence[Cell]]:
    """Each two groups that are set beside each other: the second less the first."""
    for one in released["interactions"]:
        gaps = one["gaps"]
        for gap in gaps if isinstance(gaps, list) else ():
            parts = [gap[part] for part in _GAP_PARTS]
            yield (
                *(one["outcome"], one["measure"], one["variable"]),
                *(gap[place]["code"] for place in ("first", "second")),
                *(cell for part in parts for cell in _parts(part, _INTERVAL)),
                *_parts(gap["change"], ("p", "p_adjusted")),
                _decimals(*parts[:2]),
                _decimals(parts[2]),
                one["family"],
                gap["closing"] if isinstance(gap["closing"], str) else "",
                _withheld(*parts),
            )


def area_rows(released: Document) -> Iterator[Sequence[Cell]]:
    """The comparison areas' own change, and by how much the initiative's areas changed more."""
    for one in _entries(released["areas"], "comparisons"):
        parts = [one[part] for part in _BESIDE_PARTS]
        yield (
            *(one["outcome"], one["measure"]),
            *(cell for part in parts for cell in _parts(part, _INTERVAL)),
            *_parts(one["main_change"], ("estimate",)),
            *(cell for part in parts[2:] for cell in _parts(part, ("p",))),
            _decimals(*parts[:2]),
            _decimals(*parts[2:], one["main_change"]),
            one["verdict"] if isinstance(one["verdict"], str) else "",
            _withheld(*parts),
        )


def course_rows(released: Document) -> Iterator[Sequence[Cell]]:
    """Each two waves of the course: the later less the earlier."""
    for one in _entries(released["trend"], "trends"):
        names = [wave["name"] for wave in released["trend"]["waves"]]
        for contrast in one["contrasts"]:
            places = contrast["earlier"], contrast["later"]
            parts = [*(one["waves"][place] for place in places), contrast["change"]]
            yield (
                *(one["outcome"], one["measure"]),
                *(names[place] for place in places),
                *(cell for part in parts for cell in _parts(part, _INTERVAL)),
                *_parts(contrast["change"], ("p", "p_adjusted")),
                _decimals(*parts[:2]),
                _decimals(parts[2]),
                contrast["verdict"] if isinstance(contrast["verdict"], str) else "",
                _withheld(*parts),
            )


def _entries(section: Any, part: str) -> Sequence[Any]:
    """None where the report has no such section, or tells only why it is not told."""
    entries = section.get(part) if section else None
    return entries if isinstance(entries, list) else ()


def answer_rows(released: Document, language: str) -> Iterator[Sequence[Cell]]:
    """A question that is hidden as a whole has one row, which says why."""
    for distribution in released["distributions"]:
        for wave, told in distribution["waves"].items():
            place = distribution["variable"], wave
            categories, missing = told.get("categories", told), told.get("missing", [])
            if isinstance(categories, dict):
                yield *place, "", "", 1, "", "", _withheld(categories)
                categories = []
            for category in categories:
                codes = " ".join(map(str, category["codes"]))
                yield *place, codes, *_answer(category, language, is_valid=1)
            for entry in missing if isinstance(missing, list) else []:
                code = "" if entry["code"] is None else entry["code"]
                yield *place, code, *_answer(entry, language, is_valid=0)


def _answer(entry: Document, language: str, *, is_valid: int) -> tuple[Cell, ...]:
    label = in_language(entry["label"], language) if entry["label"] else entry.get("reason", "")
    return label, is_valid, _number(entry["n"]), _number(entry["share"]), _withheld(entry["n"])


def _parts(told: Any, names: Sequence[str]) -> list[Cell]:
    """Empty cells where nothing is told."""
    return [_number(told.get(name)) for name in names]


def _number(told: Any) -> Cell:
    return told if isinstance(told, int | float) and not isinstance(told, bool) else ""


def _decimals(*told: Document) -> int:
    """As many as the finest of these figures has: a zero at the end tells of none."""
    figures = (each.get(name) for each in told for name in _ROUNDED_ALIKE)
    written = (repr(figure) for figure in figures if isinstance(figure, float))
    return max((len(text.partition(".")[2].rstrip("0")) for text in written), default=0)


def _withheld(*told: Any) -> str:
    """The first reason there is for telling nothing."""
    reasons = (
        each.get("suppressed") or each.get("not_estimable")
        for each in told
        if isinstance(each, dict)
    )
    return next((str(reason) for reason in reasons if reason), "")


def _csv(heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heading)
    for row in rows:
        writer.writerow([inert(cell) if isinstance(cell, str) else cell for cell in row])
    return text.getvalue().encode()


def _json(document: Document) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
