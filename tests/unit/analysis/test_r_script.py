"""The R script of a report is whole, and asks for each comparison. Running it is a proof."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Final

import pytest

from analysis.r_script import r_script
from analysis.report import compare_files
from tests.golden.documents.make_documents import documents
from tests.unit.analysis import planned
from tests.unit.analysis.areas import places
from tests.unit.analysis.books import book, number, question, scale, table
from tests.unit.analysis.trends import courses

EVENLY: Final = planned.by_age(20, 35, 45)
STRING: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"')
CLOSES: Final = {")": "(", "]": "[", "}": "{"}


@cache
def example_script() -> str:
    return r_script(documents()["computed"])


def _unclosed(script: str) -> list[str]:
    """Brackets that do not match, outside strings and comments."""
    code = re.sub(r"#.*", "", STRING.sub('""', script))
    open_ones: list[str] = []
    for sign in re.findall(r"[()\[\]{}]", code):
        if open_ones and open_ones[-1] == CLOSES.get(sign):
            open_ones.pop()
        else:
            open_ones.append(sign)
    return open_ones


def _line(comparison: dict[str, Any]) -> str:
    named = f'outcome = "{comparison["outcome"]}", measure = "{comparison["measure"]}"'
    share, group = comparison["share_of"], comparison["group"]
    codes = f", codes = c({', '.join(map(str, share['codes']))})" if share else ""
    of = f', variable = "{share["variable"]}"{codes}' if share else ""
    among = f', group = list(variable = "age", code = {group["code"]})' if group else ""
    return f'list({named}, family = "{comparison["change"]["family"]}"{of}{among})'


def test_every_bracket_of_the_script_is_closed() -> None:
    assert _unclosed(example_script()) == []
    assert _unclosed(example_script().replace("function(", "function", 1))


def test_every_comparison_of_the_document_is_asked_for_once() -> None:
    part = example_script().partition("\ncomparisons <- ")[2].partition("\nbreakdowns <- ")[0]
    lines = [line.strip(" ,") for line in part.splitlines()]
    asked = [_line(c) for c in documents()["computed"]["comparisons"]]
    assert [line for line in lines if line.startswith("list(outcome")] == asked


def test_each_breakdown_is_asked_for_with_the_groups_that_are_set_beside_each_other() -> None:
    part = example_script().partition("\nbreakdowns <- ")[2]
    assert part.startswith("list(\n")
    of_ease = 'list(outcome = "ease", measure = "mean", family = "exploratory"'
    assert f'{of_ease}, by = "age", levels = c(2, 3))' in part


def test_scales_questions_and_design_stand_in_the_script() -> None:
    assert "#: facts" not in example_script()
    assert 'design <- list(weight = "w")' in example_script()
    assert 'lonely_psu <- "refuse"' in example_script()
    items = '"trust", "fair", "listen", "worse"'
    assert (
        f'"ease" = list(items = c({items}), reverse = c("worse"), needed = 3)' in example_script()
    )
    assert '"years" = list(valid = c(), missing = c(-4, -3))' in example_script()
    assert '"met" = list(valid = c(1, 2), missing = c(-3, -4))' in example_script()


def test_the_script_says_what_it_is_and_needs_no_rapport() -> None:
    assert example_script().startswith(
        "# Compares the waves of this bundle again, in R, without Rapport"
    )
    assert "survey::svyttest" in example_script()
    assert not re.search(r"\b(library|source|system)\(", example_script())


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ('North "A"', r"North \U{22}A\U{22}"),
        ("a\\b\nc", r"a\U{5c}b\U{a}c"),
        ("Süd", r"S\U{fc}d"),
        ('"); quit("', r"\U{22}); quit(\U{22}"),
    ],
)
def test_no_name_of_an_area_can_end_its_string(name: str, told: str) -> None:
    columns = {"q": [1, 2, 3, 4, 5, 1], "place": [name, name, name, "b", "b", "b"]}
    plan = {"area": "place", "subgroups": ["place"]}
    files = table(columns), table(columns)
    script = r_script(compare_files(book(question("q")), *files, plan=plan))
    assert f'group = list(variable = "place", code = "{told}")' in script
    assert _unclosed(script) == []


def test_numbers_need_no_answer_scale() -> None:
    files = table({"n": [1, 2, 5], "q": [1, 2, 3]}), table({"n": [3, 2, 9], "q": [1, 2, 3]})
    codebook = book(number("n"), question("q"), scales=[scale("s", ["q"])])
    script = r_script(compare_files(codebook, *files))
    assert 'list(outcome = "n", measure = "mean", family = "exploratory")' in script


def test_the_population_and_who_is_left_out_stand_in_the_script() -> None:
    ticks = {"group_1": [1, 0, 1] * 40, "group_2": [0, 1, 1] * 40}
    margins = {"age": {1: 20, 2: 30, 3: 50}, "group": {1: 40, 2: 40, "two or more": 20}}
    plan = {"weighting": {"margins": margins, "trim": None}, "exclusions": {"lives": [2]}}
    lives = {"lives": [1, 1, 1, 2] * 30}
    files = [table(planned.wave(seed, 120, **ticks, **lives)) for seed in (1, 2)]
    script = r_script(compare_files(planned.codebook(), *files, plan=plan))
    assert 'exclusions <- list("lives" = c(2))' in script
    assert "weighting <- list(low = 0.0, high = Inf, margins = list(" in script
    assert 'list(variable = "age", ticks = list(), groups = list(c(1, 2), c(3))' in script
    assert 'variable = "group", ticks = list("group_1" = 1, "group_2" = 2)' in script
    bounded = r_script(planned.compare(planned.wave(1, 90), planned.wave(2, 90), **EVENLY))
    assert "list(low = 0.3, high = 3.0, margins" in bounded
    assert "weighting <- list()\n" in example_script()
    assert _unclosed(script) == []


def test_further_waves_and_comparison_areas_are_asked_for_where_they_are_told() -> None:
    assert "beside_areas <- FALSE" in example_script()
    assert 'list(name = "earlier_1", time = 0.0)' in example_script()
    assert "contrasts <- list()" in example_script()
    plan = {"contrasts": {"later": [-1, 0.5, 0.5], "of two": [-1, 1]}}
    script = r_script(courses.report(courses.three(), plan=plan))
    assert 'contrasts <- list("later" = c(-1.0, 0.5, 0.5))' in script
    assert "course <- list()" in r_script(courses.report(courses.three(), facts={}))
    beside = r_script(places.compare(places.wave(1), places.wave(2)))
    assert "beside_areas <- TRUE" in beside
    assert 'comparison_areas <- list("place" = c(2))' in beside
