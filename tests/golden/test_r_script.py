"""The R script, run with R and its package survey, gives every figure of the document again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from analysis.r_script import r_script
from tests.golden.r_cases import Case, cases, cases_beside
from tests.golden.r_runs import (
    ANY_CHANGE,
    CHANGE,
    R_PROOF,
    WAVE,
    Row,
    agree,
    disagreements,
    groups_and_gaps,
    of_variance,
    run,
    told,
)

pytestmark = R_PROOF


def _rows_of(rows: Sequence[Row], document: dict[str, Any]) -> list[Row]:
    mine = [row for row in of_variance(rows, document) if row["what"] == "comparison"]
    asked = [(c["outcome"], c["measure"]) for c in document["comparisons"]]
    assert [(row["outcome"], row["measure"]) for row in mine] == asked
    return mine


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_r_gives_every_figure_of_the_document(case: Case, tmp_path: Path) -> None:
    documents = [case.compare(variance) for variance in case.variances]
    rows = run(r_script(documents[0]), case.texts(), tmp_path)
    for document in documents:
        pairs = zip(document["comparisons"], _rows_of(rows, document), strict=True)
        assert [line for c, row in pairs for line in disagreements(c, row)] == []
        assert list(_of_groups(document, rows)) == []
    assert {row["variance"] for row in rows} == set(case.variances)


def test_a_planted_wrong_figure_is_caught(tmp_path: Path) -> None:
    case = cases()[0]
    document = case.compare("jackknife")
    rows = _rows_of(run(r_script(document), case.texts(), tmp_path), document)
    comparison = document["comparisons"][0]
    assert list(disagreements(comparison, rows[0])) == []
    comparison["change"]["se"] *= 1 + 1e-7
    assert list(disagreements(comparison, rows[0]))


def _of_part(part: Mapping[str, Any], keys: Mapping[str, str], row: Row) -> Iterator[str]:
    """The figures of one part of a document in its row."""
    prefix = "before_" if keys is WAVE else ""
    for column, ours in told(part, keys):
        if (ours is not None or column != "p_adjusted") and not agree(ours, row[prefix + column]):
            yield f"{row['outcome']} {row['what']} {column}: {ours!r}, R {row[prefix + column]!r}"


def _of_groups(document: dict[str, Any], rows: Sequence[Row]) -> Iterator[str]:
    """Where groups and gaps of the document differ from those of R, which has no others."""
    keys = "outcome", "measure", "what", "group", "code"
    theirs = {
        tuple(row[key] for key in keys): row
        for row in of_variance(rows, document)
        if row["what"] in {"groups differ", "gap before", "gap after", "change of the gap"}
    }
    for place, part in groups_and_gaps(document):
        yield from _of_part(part, ANY_CHANGE if "df_below" in part else CHANGE, theirs.pop(place))
    yield from (f"only in R: {place}" for place, row in theirs.items() if row["p"])


def test_designs_of_every_kind_set_groups_beside_each_other() -> None:
    told = {
        case.name: sum("gap" in place[2] for place, _ in groups_and_gaps(case.compare(variance)))
        for case in cases()
        for variance in case.variances[:1]
    }
    assert sum(number > 0 for number in told.values()) >= 8, told


def _beside(document: dict[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Of comparison areas and of further waves: outcome, what R calls it, and the document's part.

    The figures of a wave, of a change, or of the one test of any change.
    """
    for entry in (document["areas"] or {"comparisons": []})["comparisons"]:
        yield entry["outcome"], "comparison areas", entry["change"]
        yield entry["outcome"], "difference of changes", entry["difference"]
    trend = document["trend"] or {"waves": [], "trends": []}
    names = [wave["name"] for wave in trend["waves"]]
    for entry in trend["trends"]:
        for name, wave in zip(names, entry["waves"], strict=True):
            yield entry["outcome"], f"wave {name}", wave
        yield entry["outcome"], "slope", entry["slope"]
        yield entry["outcome"], "any change", entry["omnibus"]
        for pair in entry["contrasts"]:
            what = f"{names[pair['earlier']]} to {names[pair['later']]}"
            yield entry["outcome"], what, pair["change"]
        for own in entry["named_contrasts"]:
            yield entry["outcome"], f"contrast {own['name']}", own["change"]


def _compared(document: dict[str, Any], rows: Sequence[Row]) -> Iterator[list[str]]:
    known = {(row["outcome"], row["what"]): row for row in of_variance(rows, document)}
    for outcome, what, part in _beside(document):
        keys = WAVE if "n_eff" in part else ANY_CHANGE if "df_below" in part else CHANGE
        yield list(_of_part(part, keys, known[outcome, what]))


@pytest.mark.parametrize("case", cases_beside(), ids=lambda case: case.name)
def test_r_gives_what_stands_beside_the_comparison(case: Case, tmp_path: Path) -> None:
    documents = [case.compare(variance) for variance in case.variances]
    rows = run(r_script(documents[0]), case.texts(), tmp_path)
    for document in documents:
        found = list(_compared(document, rows))
        assert len(found) >= 6
        assert [line for part in found for line in part] == []
