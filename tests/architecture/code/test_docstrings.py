"""A method says which question it answers, by which formula, from where, and how it was checked."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from typing import Final

import pytest

from tests.architecture.source import Module, is_within, module, modules

# Every file below holds at least one method, documented in full; the others hold building blocks.
METHODS: Final = (
    "analysis/cluster_robust.py",
    "analysis/comparisons/contrast.py",
    "analysis/comparisons/difference.py",
    "analysis/comparisons/difference_in_differences.py",
    "analysis/comparisons/difference_of_means.py",
    "analysis/comparisons/difference_of_shares.py",
    "analysis/comparisons/linked/mcnemar.py",
    "analysis/comparisons/linked/overlapping_shares.py",
    "analysis/comparisons/linked/overlapping_t.py",
    "analysis/comparisons/linked/paired_t.py",
    "analysis/comparisons/linked/sign_test.py",
    "analysis/comparisons/linked/signed_rank.py",
    "analysis/comparisons/means/adjusted.py",
    "analysis/comparisons/means/answered_enough.py",
    "analysis/comparisons/means/equivalence.py",
    "analysis/comparisons/means/glass_delta.py",
    "analysis/comparisons/means/permutation.py",
    "analysis/comparisons/means/welch.py",
    "analysis/comparisons/means/winsorised.py",
    "analysis/comparisons/ranks/brunner_munzel.py",
    "analysis/comparisons/ranks/mann_whitney.py",
    "analysis/comparisons/ranks/midrank_test.py",
    "analysis/comparisons/ranks/odds_of_higher.py",
    "analysis/comparisons/shares/agresti_caffo.py",
    "analysis/comparisons/shares/fisher.py",
    "analysis/comparisons/shares/odds_ratio.py",
    "analysis/comparisons/shares/pearson.py",
    "analysis/comparisons/shares/rao_scott.py",
    "analysis/comparisons/trend.py",
    "analysis/estimates/mean.py",
    "analysis/estimates/share.py",
    "analysis/estimates/total.py",
    "analysis/fieldwork.py",
    "analysis/glm.py",
    "analysis/influence.py",
    "analysis/measurement.py",
    "analysis/multiplicity.py",
    "analysis/one_factor.py",
    "analysis/power.py",
    "analysis/proportional_odds.py",
    "analysis/reliability.py",
    "analysis/scales.py",
    "analysis/second_stage.py",
    "analysis/variance/taylor.py",
    "analysis/weighting/calibration.py",
    "analysis/weighting/collapse.py",
    "analysis/weighting/effective_size.py",
    "analysis/weighting/levels.py",
    "analysis/weighting/poststratification.py",
    "analysis/weighting/raking.py",
    "analysis/weighting/trimming.py",
    "analysis/weighting/wave_weights.py",
)
PARTS: Final = {
    "the question it answers": re.compile(r"\?"),
    "a reference with its year": re.compile(r"Reference:([^.]*?\b(1[89]|20)\d\d\b|\s+own rule)"),
    "what it was checked against": re.compile(r"Checked against"),
    "when it refuses": re.compile(r"[Rr]efuse|NotEstimable"),
}


# Rules, not estimates: no other program gives a number to check them against.
RULES: Final = ("analysis/disclosure/", "analysis/verdict.py")


def _public_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    return (n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name[0] != "_")


def _missing(docstring: str) -> list[str]:
    opening = docstring.partition("\n\n")[0]
    return [
        part
        for part, mark in PARTS.items()
        if not mark.search(opening if part.startswith("the question") else docstring)
    ]


def half_documented(tree: Iterable[Module]) -> list[str]:
    """Whoever cites a source is a method, and tells the rest as well."""
    return [
        f"{m.at(function)} {function.name} does not say {part}"
        for m in tree
        if not is_within(m.path, *RULES)
        for function in _public_functions(m.tree)
        if "Reference:" in (docstring := ast.get_docstring(function) or "")
        for part in _missing(docstring)
    ]


def undocumented_methods(tree: Iterable[Module]) -> list[str]:
    return [
        f"{m.path} holds no method that is documented in full"
        for m in tree
        if is_within(m.path, *METHODS)
        and all(_missing(ast.get_docstring(f) or "") for f in _public_functions(m.tree))
    ]


def test_every_method_is_documented_in_full() -> None:
    assert undocumented_methods(modules("analysis")) == []
    assert half_documented(modules("analysis")) == []


def test_the_list_of_methods_names_files_that_exist() -> None:
    assert set(METHODS) <= {str(m.path) for m in modules("analysis")}


WHOLE: Final = '''
def mean(x):
    """What is the mean of a wave?

    m = sum(x) / n. Refuses an empty wave.
    Reference: Lohr (2022). Checked against: R `mean`.
    """
'''


@pytest.mark.parametrize("part", ["?", "2022", "Checked against", "Refuses"])
def test_a_planted_half_documented_method_is_caught(part: str) -> None:
    assert not half_documented([module(METHODS[0], WHOLE)])
    assert half_documented([module(METHODS[0], WHOLE.replace(part, ""))])


def test_a_planted_method_without_documentation_is_caught() -> None:
    assert not undocumented_methods([module(METHODS[0], WHOLE)])
    assert undocumented_methods([module(METHODS[0], "def mean(x):\n    return sum(x)")])
