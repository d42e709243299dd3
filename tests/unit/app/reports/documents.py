"""Released documents for tests, each computed and released by the real library."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from analysis.disclosure import release
from analysis.report import compare_files
from tests.golden.documents.make_documents import answers, codebook

EXAMPLE: Final = Path(__file__).parents[3] / "golden" / "documents"
FACTS: Final = {
    "title": {"en": "Neighbourhood meetings"},
    "police_name": {"en": "Riverside Police"},
    "is_simulated": False,
    "run_by": {"en": "Riverside Neighbours"},
    "paid_by": None,
    "labels": {"before": {"en": "Spring 2026"}, "after": {"en": "Autumn 2026"}},
    "dates": {
        "before": {"first": "2026-03-02", "last": "2026-03-23"},
        "after": {"first": "2026-10-05", "last": "2026-10-26"},
    },
    "languages": {"before": ["en", "es"], "after": ["en", "es"]},
    "recruitment": {"before": ["open"], "after": ["open"]},
    "modes": {"before": ["phone_web"], "after": ["phone_web"]},
    "plan": {
        "version": 2,
        "content_hash": "ab",
        "locked_on": "2026-09-20",
        "changed_after_data": False,
    },
}


@cache
def _released(people: int, lift: float, primary: str, facts: str) -> str:
    computed = compare_files(
        codebook(),
        answers(people, 0.0, 1),
        answers(people, lift, 2),
        plan={"primary": [primary], "weight": "w", "subgroups": ["age"]},
        initiative=json.loads(facts),
    )
    return json.dumps(release(computed))


def released(
    *, people: int = 260, lift: float = 0.3, primary: str = "ease", **facts: object
) -> dict[str, Any]:
    """`facts` replace some of those about the initiative."""
    document: dict[str, Any] = json.loads(
        _released(people, lift, primary, json.dumps({**FACTS, **facts}))
    )
    return document


def example(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((EXAMPLE / f"{name}.json").read_text("utf-8"))
    return document


def with_labels(document: dict[str, Any], labels: Iterator[str]) -> dict[str, Any]:
    """The same document, each answer called by the next of `labels` as long as there are any."""
    laced: dict[str, Any] = json.loads(json.dumps(document))
    for distribution in laced["distributions"]:
        waves = distribution["waves"].values()
        told = [wave["categories"] for wave in waves if isinstance(wave["categories"], list)]
        for twins in zip(*told, strict=False):
            label = next(labels, twins[0]["label"]["en"])
            for category in twins:
                category["label"] = {"en": label}
    return laced
