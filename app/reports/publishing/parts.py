"""What of a report is published: the headline always, the rest as chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, get_args

from app.errors import BadInput

Part = Literal["questions", "groups", "areas"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
Document = Mapping[str, Any]


def read_parts(names: Iterable[str]) -> tuple[Part, ...]:
    """In the order of the list of parts, each once."""
    wanted = set(names)
    foreign = sorted(wanted.difference(PARTS))
    if foreign:
        raise BadInput("reports.no_part", part=foreign[0], known=PARTS)
    return tuple(part for part in PARTS if part in wanted)


def with_parts(document: Document, parts: Iterable[str]) -> dict[str, Any]:
    """The same document, computed or released, without the parts that were not chosen.

    Both lose the same entries, so that what was computed still lies beside what was told. Who
    answered, how they were reached and the checks always stay: nobody may publish a verdict
    without them.
    """
    chosen = frozenset(parts)
    kept = {
        **document,
        "comparisons": [c for c in document["comparisons"] if _is_chosen(c, document, chosen)],
        "areas": document["areas"] if "areas" in chosen else None,
        "people_by_area": document["people_by_area"] if "areas" in chosen else None,
    }
    outcomes = {c["outcome"] for c in kept["comparisons"]}
    groups = {c["group"]["variable"] for c in kept["comparisons"] if c["group"]}
    return kept | {
        "scales": [s for s in document["scales"] if s["id"] in outcomes],
        "scale_quality": [q for q in document["scale_quality"] if q["scale"] in outcomes],
        "distributions": [
            d for d in document["distributions"] if d["role"] != "item" or d["variable"] in outcomes
        ],
        "withheld": [w for w in document["withheld"] if _has_part(w["group"], document, chosen)],
        "interactions": [
            i
            for i in document["interactions"]
            if i["variable"] in groups and i["outcome"] in outcomes
        ],
        "questions": document["questions"] if "questions" in chosen else [],
    }


def _is_chosen(comparison: Document, document: Document, chosen: frozenset[str]) -> bool:
    group = comparison["group"]
    if group is not None and not _has_part(group, document, chosen):
        return False
    return "questions" in chosen or comparison["outcome"] in _primary(document)


def _has_part(group: Document, document: Document, chosen: frozenset[str]) -> bool:
    made = ((document["initiative"] or {}).get("groupings") or {}).get(group["variable"])
    is_place = not _places(document).isdisjoint(made["of"] if made else [group["variable"]])
    return ("areas" if is_place else "groups") in chosen


def _primary(document: Document) -> set[str]:
    return {entry["outcome"] for entry in document["plan"]["primary"]}


def _places(document: Document) -> set[str]:
    """Columns that say where people live."""
    plan, facts = document["plan"], document["initiative"] or {}
    return {plan.get("area"), facts.get("place"), *plan["comparison_areas"]}
