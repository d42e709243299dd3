"""What the checks find stands in both documents; waves that do not compare carry no verdict."""

from __future__ import annotations

import json
from typing import Any, Final

import numpy as np
import pytest

from analysis.codebook import Codebook
from analysis.disclosure import release
from analysis.guard.words import LANGUAGES
from analysis.report import compare_files
from tests.unit.analysis.books import book, question, scale, table
from tests.unit.analysis.comparison_schema import SCHEMA
from tests.unit.analysis.guard.pairs import paradata

FORM: Final = book(
    *map(question, "ab"),
    question("age", (1, 2), role="background"),
    paradata("mode", "web", "paper"),
    paradata("quality", "read", "too fast"),
    scales=[scale("trust", ["a", "b"], is_primary=True)],
)
Cells = dict[str, list[Any]]


def _wave(seed: int, n: int = 200, *, lift: float = 0.0, paper: int = 0, fast: int = 0) -> Cells:
    rng = np.random.default_rng(seed)
    cells: Cells = {
        item: np.clip(np.round(3 + lift + rng.normal(size=n)), 1, 5).astype(int).tolist()
        for item in ("a", "b")
    }
    cells["age"] = rng.integers(1, 3, n).tolist()
    cells["paradata.mode"] = [1] * paper + [0] * (n - paper)
    cells["paradata.quality"] = [1] * fast + [0] * (n - fast)
    return cells


def _documents(
    before: Cells, after: Cells, form: Codebook = FORM, **plan: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    computed = compare_files(
        form, table(before), table(after), plan={"subgroups": ["age"], **plan} if plan else None
    )
    released = release(computed)
    for document in (computed, released):
        plain = json.loads(json.dumps(document, allow_nan=False))
        SCHEMA.validate(plain)
    return computed, released


def _levels(document: dict[str, Any]) -> dict[str, str]:
    return {finding["id"]: finding["level"] for finding in document["findings"]}


def test_both_documents_tell_the_same_findings_in_every_language() -> None:
    computed, released = _documents(_wave(1), _wave(2, paper=14))
    assert _levels(computed) == _levels(released)
    assert _levels(computed)["mode_mix"] == "flags"
    for document in (computed, released):
        for finding in document["findings"]:
            assert set(finding["reason"]) == set(LANGUAGES)


def test_what_blocks_stands_first_and_what_passes_last() -> None:
    computed, _ = _documents(_wave(1), _wave(2, paper=150, fast=40))
    levels = [finding["level"] for finding in computed["findings"]]
    assert levels == sorted(levels, key=["blocks", "flags", "passes"].index)
    assert {"blocks", "flags", "passes"} == set(levels)


def test_waves_that_were_answered_otherwise_carry_no_verdict_at_all() -> None:
    """Phone against web alone moves answers by 5 to 15 points: 0.8 up proves nothing."""
    for document in _documents(_wave(1), _wave(2, lift=0.8, paper=150), primary=["trust"]):
        assert {c["verdict"] for c in document["comparisons"]} == {"not_comparable"}
        for comparison in document["comparisons"]:
            assert (
                "not called a change, because people answered in different ways"
                in (comparison["sentence"])
            )
            assert comparison["because"].keys() == set(LANGUAGES)
            assert "rose" not in comparison["sentence"]


def test_the_same_waves_answered_alike_do_carry_one() -> None:
    for document in _documents(_wave(1), _wave(2, lift=0.8), primary=["trust"]):
        assert document["comparisons"][0]["verdict"] == "rose_by_what_matters"
        assert {c["because"] for c in document["comparisons"]} == {None}


def test_a_main_score_that_is_lost_takes_the_verdict_from_what_leads_in_its_place() -> None:
    longer = book(
        *FORM.variables, question("c"), scales=[scale("trust", ["a", "b", "c"], is_primary=True)]
    )
    after = _wave(2) | {"c": [3] * 200}
    computed = compare_files(longer, table(_wave(1)), table(after), codebook_before=FORM)
    verdicts = {c["change"]["family"]: set() for c in computed["comparisons"]}
    for c in computed["comparisons"]:
        verdicts[c["change"]["family"]].add(c["verdict"])
    assert verdicts["primary"] == {"not_comparable"}
    assert "not_comparable" not in verdicts["exploratory"]


def test_wild_weights_block_and_the_reason_of_the_weighting_stays() -> None:
    heavy = {"w": [90] + [1] * 199}
    computed, _ = _documents(_wave(1) | heavy, _wave(2) | heavy, weight="w")
    assert _levels(computed)["weights"] == "blocks"
    assert all("not_estimable" in c["verdict"] for c in computed["comparisons"])


def _again(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [r for r in document["reanalyses"] if r["why"] == "without_doubted_sheets"]


@pytest.mark.parametrize(("fast", "is_told"), [(25, True), (9, False)])
def test_the_headline_without_doubted_sheets_is_told_as_agreement_where_few_are_left_out(
    fast: int,
    is_told: bool,  # noqa: FBT001 - a column of the table above
) -> None:
    computed, released = _documents(_wave(1, fast=fast), _wave(2, lift=0.8, fast=25))
    (ours,), (theirs,) = _again(computed), _again(released)
    assert ours["n_left_out"] == {"before": fast, "after": 25}
    assert ours["agrees"] is theirs["agrees"] is True
    change = theirs["comparison"]["change"]
    assert ("estimate" in change) is is_told
    assert (theirs["comparison"]["before"].keys() == {"suppressed"}) is not is_told
    doubted = next(f for f in released["findings"] if f["id"] == "doubted_sheets")
    assert ("suppressed" in doubted["numbers"]["before"]) is (fast < 30)


def test_where_no_sheet_is_doubted_nothing_is_made_again() -> None:
    for document in _documents(_wave(1), _wave(2)):
        assert _again(document) == []


def test_what_has_no_verdict_has_none_without_doubted_sheets_either() -> None:
    for document in _documents(_wave(1, fast=30), _wave(2, paper=150, fast=30)):
        (again,) = _again(document)
        assert (again["comparison"]["verdict"], again["agrees"]) == ("not_comparable", None)
    heavy = {"w": [90] + [1] * 199}
    computed, _ = _documents(_wave(1, fast=30) | heavy, _wave(2, fast=30) | heavy, weight="w")
    (again,) = _again(computed)
    assert "not_estimable" in again["comparison"]["verdict"]
    assert again["agrees"] is None
