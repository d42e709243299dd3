"""Writes computed.json and released.json beside this file: one example of each document.

python -m tests.golden.documents.make_documents
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from analysis.bundle import Bundle, EarlierWave
from analysis.codebook import Category, Codebook, Scale, TopBox, Variable
from analysis.dataset import rows_as_csv
from analysis.disclosure import release
from analysis.report import compare_bundle

HERE: Final = Path(__file__).parent
COLUMNS: Final = ("trust", "fair", "listen", "worse", "starter", "met", "years", "age", "w")
PLAN: Final = {
    "primary": ["ease", "trust"],
    "smallest_change": {"ease": 0.2},
    "subgroups": ["age"],
    "weight": "w",
}
INITIATIVE: Final = {
    "title": {"en": "Neighbourhood meetings"},
    "simulated": True,
    "labels": {
        "earlier_1": {"en": "Autumn 2025"},
        "before": {"en": "Spring 2026"},
        "after": {"en": "Autumn 2026"},
    },
    "dates": {
        "earlier_1": {"first": "2025-10-06", "last": "2025-10-26"},
        "before": {"first": "2026-04-06", "last": "2026-04-26"},
        "after": {"first": "2026-10-05", "last": "2026-10-25"},
    },
    "recruitment": {"earlier_1": "open", "before": "open", "after": "open"},
}


def _options(*labels: str, missing: bool = True) -> tuple[Category, ...]:
    valid = tuple(Category(code, {"en": label}) for code, label in enumerate(labels, 1))
    unsaid = (
        Category(-1, {"en": "Don't know"}, is_missing=True),
        Category(-2, {"en": "Rather not say"}, is_missing=True),
    )
    return valid + (unsaid if missing else ())


def _question(name: str, text: str, options: tuple[Category, ...], **more: Any) -> Variable:
    level, role = more.pop("level", "ordinal"), more.pop("role", "item")
    return Variable(name, name, level, role, {"en": text}, options, **more)


def codebook() -> Codebook:
    extent = _options("Not at all", "A little", "Some", "A lot", "Completely")
    often = _options("Never", "Rarely", "Sometimes", "Often", "Always")
    starters = _options("Me", "The police", "Someone else", "Not sure", missing=False)
    yes_no = _options("Yes", "No", missing=False)
    ages = _options("18-34", "35-54", "55 or over", missing=False)
    high, low = {"favourable": (4, 5)}, {"favourable": (1, 2)}
    variables = (
        _question("trust", "How much do you trust the police here?", extent, **high),
        _question("fair", "How often do the police here treat people fairly?", often, **high),
        _question("listen", "How often do the police here listen?", often, **high),
        _question("worse", "How often are some people treated worse?", often, **low),
        _question("starter", "Who began your last contact?", starters, level="nominal"),
        _question("met", "Did you talk with an officer this year?", yes_no, level="binary"),
        _question("years", "How many years have you lived here?", (), level="numeric"),
        _question("age", "How old are you?", ages, role="background"),
    )
    ease = Scale(
        id="ease",
        title={"en": "Trust in the police"},
        items=("trust", "fair", "listen", "worse"),
        low=1.0,
        high=5.0,
        ends={"en": ("least trust", "most trust")},
        reverse=("worse",),
        is_primary=True,
        top_box=TopBox("trust", (4, 5)),
    )
    return Codebook("example", 1, "", {"en": "Example"}, ("en",), variables, (ease,))


def answers(n: int, lift: float, seed: int) -> str:
    """Simulated answers of one wave as CSV."""
    rng = np.random.default_rng(seed)
    return rows_as_csv(COLUMNS, (_row(rng, lift) for _ in range(n)))


def _row(rng: np.random.Generator, lift: float) -> dict[str, object]:
    ease = rng.normal() + lift
    row: dict[str, object] = dict(_items(rng, ease))
    row["starter"] = int(rng.choice([1, 2, 3, 4], p=[0.5, 0.4, 0.02, 0.08]))
    row["met"] = int(rng.choice([1, 2]))
    row["years"] = int(rng.integers(0, 50))
    row["age"] = int(rng.choice([1, 2, 3], p=[0.1, 0.4, 0.5]))
    row["w"] = round(float(rng.uniform(0.5, 1.5)), 3)
    return row


def _items(rng: np.random.Generator, ease: float) -> Iterator[tuple[str, object]]:
    for item in ("trust", "fair", "listen", "worse"):
        direction = -0.8 if item == "worse" else 0.8
        answer = int(np.clip(np.round(3 + direction * ease + 0.6 * rng.normal()), 1, 5))
        left_out = rng.random()
        unsaid: int | str = -1 if left_out < 0.05 else ""
        yield item, answer if left_out > 0.08 else unsaid


@cache
def documents() -> dict[str, dict[str, Any]]:
    book = codebook()
    computed = compare_bundle(
        Bundle(
            book,
            book,
            answers(260, 0.0, 1),
            answers(240, 0.3, 2),
            plan=PLAN,
            initiative=INITIATIVE,
            earlier=(EarlierWave(book, answers(220, -0.2, 3)),),
        )
    )
    return {"computed": computed, "released": release(computed)}


if __name__ == "__main__":
    for name, document in documents().items():
        text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
        (HERE / f"{name}.json").write_text(text + "\n", encoding="utf-8")
