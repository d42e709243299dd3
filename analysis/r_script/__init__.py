"""An R script that makes a document's figures again from the bundle's files, without Rapport."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from analysis.gaps.between import MOST_GROUPS

_PARTS: Final = (
    "waves",
    "weights",
    "design",
    "estimates",
    "jackknife",
    "taylor",
    "comparisons",
    "groups",
    "areas",
    "trend",
    "print",
)
_FACTS: Final = "#: facts\n"
_DESIGN: Final = ("weight", "stratum", "psu", "person_code", "fpc", "ssu", "ssu_fpc")
_PRINTABLE: Final = range(0x20, 0x7F)


def r_script(computed: Mapping[str, Any]) -> str:
    """How can an analyst make every figure of a report again in R?

    computed: the document of the comparison. The script stands beside the CSV files of the bundle,
    scores scales, labels the design and prints each comparison twice: `survey` for `taylor`, and
    the `jackknife` with Kish-Satterthwaite df in closed form in base R. So too whether groups
    changed differently and the gap of each two, how much more the initiative's areas changed than
    comparison areas, and the course over three waves and more.
    Assumes the file names of the bundle. Refuses nothing: a comparison that cannot be estimated
    is asked for and comes out empty. Checked against: this library, by running it (`make proof`).

    >>> document = {"distributions": [], "scales": [], "comparisons": [], "plan": {"psu": "block"}}
    >>> 'design <- list(psu = "block")' in r_script(document)
    True
    """
    folder = Path(__file__).parent
    template = "\n".join(folder.joinpath(f"{part}.R").read_text("utf-8") for part in _PARTS)
    return template.replace(_FACTS, "\n".join(_facts(computed)) + "\n")


def _facts(computed: Mapping[str, Any]) -> Iterator[str]:
    plan = computed["plan"]
    columns = {role: plan[role] for role in _DESIGN if plan.get(role)}
    questions = {d["variable"]: _question(d["waves"]) for d in computed["distributions"]}
    scales = {s["id"]: _scale(s) for s in computed["scales"]}
    yield f"design <- {_list({role: _text(column) for role, column in columns.items()})}"
    excluded = {_text(name): _numbers(codes) for name, codes in plan.get("exclusions", {}).items()}
    yield f"exclusions <- {_list(excluded)}"
    yield f"comparison_areas <- {_elsewhere(plan.get('comparison_areas'))}"
    yield f"beside_areas <- {_is_told(computed.get('areas'), 'comparisons')}"
    course, contrasts = _course(computed)
    yield f"course <- {_lines(course)}"
    yield f"contrasts <- {_list(contrasts)}"
    yield f"weighting <- {_weighting(computed.get('weighting'))}"
    yield f"lonely_psu <- {_text(plan.get('lonely_psu', 'refuse'))}"
    yield f"questions <- {_lines(_named(questions))}"
    yield f"scales <- {_lines(_named(scales))}"
    yield f"comparisons <- {_lines(_comparison(c) for c in computed['comparisons'])}"
    yield f"breakdowns <- {_lines(_breakdowns(computed))}"
    yield f"most_groups <- {MOST_GROUPS}"


def _is_told(section: Mapping[str, Any] | None, part: str) -> str:
    return "TRUE" if section and isinstance(section.get(part), list) else "FALSE"


def _course(computed: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
    """All waves in the order of time, and the plan's contrasts of so many."""
    trend = computed.get("trend")
    if _is_told(trend, "trends") == "FALSE":
        return [], {}
    waves = computed["trend"]["waves"]
    planned = computed["plan"].get("contrasts", {}).items()
    return (
        [_list({"name": _text(w["name"]), "time": repr(w["time"])}) for w in waves],
        {_text(name): _numbers(c) for name, c in planned if len(c) == len(waves)},
    )


def _elsewhere(areas: Mapping[str, Any] | None) -> str:
    """One column with its levels: codes of a question, or names."""
    named = {
        _text(column): _texts(levels) if isinstance(levels[0], str) else _numbers(levels)
        for column, levels in (areas or {}).items()
    }
    return _list(named)


def _weighting(section: Mapping[str, Any] | None) -> str:
    """Empty where no margin is weighted to: then the base weights stand as they are."""
    targets = (section or {}).get("targets")
    if not section or not targets:
        return "list()"
    bounds = section["bounds"] or {"low": 0.0, "high": "Inf"}
    margins = _lines(_margin(target) for target in targets)
    return _list({"low": str(bounds["low"]), "high": str(bounds["high"]), "margins": margins})


def _margin(target: Mapping[str, Any]) -> str:
    levels = target["levels"]
    return _list(
        {
            "variable": _text(target["variable"]),
            "ticks": _list({_text(name): str(code) for name, code in target["ticks"].items()}),
            "groups": f"list({', '.join(_numbers(level['codes']) for level in levels)})",
            "shares": f"c({', '.join(repr(level['share']) for level in levels)})",
        }
    )


def _question(waves: Mapping[str, Any]) -> str:
    """Codes of either wave: both were read under one codebook."""
    answers = waves["before"]
    valid = [code for category in answers["categories"] for code in category["codes"]]
    missing = [entry["code"] for entry in answers["missing"] if entry["code"] is not None]
    return _list({"valid": _numbers(valid), "missing": _numbers(missing)})


def _scale(scale: Mapping[str, Any]) -> str:
    return _list(
        {
            "items": _texts(scale["items"]),
            "reverse": _texts(scale["reverse"]),
            "needed": str(scale["answers_needed"]),
        }
    )


def _comparison(comparison: Mapping[str, Any]) -> str:
    group = comparison["group"]
    facts = _of_outcome(comparison, comparison["change"]["family"])
    if group:
        facts["group"] = _list(
            {"variable": _text(group["variable"]), "code": _codes([group["code"]])}
        )
    return _list(facts)


def _of_outcome(comparison: Mapping[str, Any], family: str) -> dict[str, str]:
    share_of = comparison["share_of"]
    facts = {
        "outcome": _text(comparison["outcome"]),
        "measure": _text(comparison["measure"]),
        "family": _text(family),
    }
    if share_of:
        facts |= {"variable": _text(share_of["variable"]), "codes": _numbers(share_of["codes"])}
    return facts


def _breakdowns(computed: Mapping[str, Any]) -> Iterator[str]:
    """Each background question by which groups of a main outcome are set beside each other."""
    mains = {(c["outcome"], c["measure"]): c for c in computed["comparisons"] if not c["group"]}
    for one in computed.get("interactions", ()):
        codes = [group["code"] for group in one["groups"]]
        if len(codes) > 1:
            facts = _of_outcome(mains[one["outcome"], one["measure"]], one["family"])
            yield _list({**facts, "by": _text(one["variable"]), "levels": _codes(codes)})


def _codes(codes: Sequence[float | str]) -> str:
    """Of one question, or names of areas."""
    told = [_text(code) if isinstance(code, str) else str(code) for code in codes]
    return told[0] if len(told) == 1 else f"c({', '.join(told)})"


def _list(entries: Mapping[str, str]) -> str:
    return f"list({', '.join(f'{name} = {value}' for name, value in entries.items())})"


def _named(entries: Mapping[str, str]) -> Iterator[str]:
    return (f"{_text(name)} = {value}" for name, value in entries.items())


def _lines(entries: Iterable[str]) -> str:
    """A list with an entry a line."""
    entries = list(entries)
    if not entries:
        return "list()"
    return "list(\n" + ",\n".join(f"  {entry}" for entry in entries) + "\n)"


def _numbers(codes: Sequence[float]) -> str:
    return f"c({', '.join(map(str, codes))})"


def _texts(texts: Sequence[str]) -> str:
    return f"c({', '.join(map(_text, texts))})"


def _text(text: str) -> str:
    """As R reads it in any locale; nothing in a name or a label can end the string."""
    told = (c if ord(c) in _PRINTABLE and c not in '"\\' else f"\\U{{{ord(c):x}}}" for c in text)
    return f'"{"".join(told)}"'
