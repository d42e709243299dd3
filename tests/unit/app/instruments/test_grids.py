"""A grid written once loads as the questions that it stands for."""

from __future__ import annotations

import pytest

from app.instruments.load import load_instrument, read_instrument
from app.instruments.load.problems import InstrumentProblem, InstrumentProblems
from app.instruments.version import freeze
from tests.processor_time import least_seconds
from tests.surveys.read import FOLDER

SECONDS_TO_REFUSE = 0.5
GOOD = (FOLDER / "street_pulse.yaml").read_text("utf-8")
Q1 = next(line for line in GOOD.splitlines(keepends=True) if "id: q1" in line)
Q2 = next(line for line in GOOD.splitlines(keepends=True) if "id: q2" in line)
TEXTS = [line[line.index("text: ") :].rstrip().removesuffix("}") for line in (Q1, Q2)]
GRID = f"""\
      - grid:
          - {{id: q1, sensitive: true, {TEXTS[0]}}}
          - id: q2
            {TEXTS[1]}
        kind: likert
        options: ext5
"""
AS_GRID = GOOD.replace(Q1 + Q2, GRID)


def problems_of(text: str) -> list[InstrumentProblem]:
    with pytest.raises(InstrumentProblems) as caught:
        load_instrument(text, source="my.yaml")
    return caught.value.problems


def line_with(text: str, words: str) -> int:
    return next(n for n, line in enumerate(text.splitlines(), 1) if words in line)


def test_a_grid_is_the_same_as_its_questions_written_out() -> None:
    written, plain = (load_instrument(text, source="x") for text in (AS_GRID, GOOD))
    assert [question.id for question in written.questions] == ["t1", "q1", "q2", "met", "heard"]
    assert freeze(written) == freeze(plain)


def test_a_row_may_differ_from_what_stands_beside_the_grid() -> None:
    text = AS_GRID.replace("- id: q2\n", "- id: q2\n            waves: [follow_up]\n").replace(
        "        kind: likert\n", "        kind: likert\n        waves: [baseline]\n"
    )
    waves = {
        q.id: q.waves for q in load_instrument(text[: text.index("scales:")], source="x").questions
    }
    assert (waves["q1"], waves["q2"]) == (("baseline",), ("follow_up",))


def test_a_grid_is_remembered_with_its_line_and_rows() -> None:
    (grid,) = read_instrument(AS_GRID, source="x").grids
    assert (grid.line, grid.rows) == (line_with(AS_GRID, "grid:"), 2)
    assert read_instrument(GOOD, source="x").grids == ()


@pytest.mark.parametrize(
    ("old", "new", "code", "on_line"),
    [
        ("- id: q2", "- id: Q2", "bad_id", "id: Q2"),
        ("- id: q2", "- id: q1", "duplicate_id", "id: q1\n"),
        (
            "options: ext5\n  - id: contact",
            "options: ext6\n  - id: contact",
            "unknown_option_set",
            "ext6",
        ),
        ("id: q1, sensitive: true", "id: q1, sensitiv: true", "unknown_key", "sensitiv"),
        ("How open are the police", "How {open} are the police", "unknown_token", "{open}"),
        ("id: met,", "id: Met,", "bad_id", "id: Met"),
        ("item: met", "item: mett", "condition_on_unknown", "heard"),
    ],
)
def test_a_mistake_in_or_after_a_grid_is_told_on_its_line(
    old: str, new: str, code: str, on_line: str
) -> None:
    assert old in AS_GRID
    text = AS_GRID.replace(old, new, 1)
    told = [problem for problem in problems_of(text) if problem.code == code]
    lines = text.splitlines(keepends=True)
    assert on_line in lines[told[0].line - 1]


@pytest.mark.parametrize("rows", ["[]", "{}", "5", "[1, 2]", "", "[{id: a}, b]"])
def test_what_is_no_list_of_rows_is_refused(rows: str) -> None:
    text = GOOD.replace(Q2, f"      - {{grid: {rows}, kind: likert, options: ext5}}\n")
    (problem,) = problems_of(text)
    assert (problem.code, problem.line) == ("not_a_grid", line_with(text, "grid:"))


def test_a_row_without_an_id_is_told() -> None:
    problems = problems_of(AS_GRID.replace("- id: q2\n", "- role: item\n"))
    assert {problem.code for problem in problems} == {"missing_key"}


def test_a_grid_that_would_blow_up_is_refused_at_once() -> None:
    options = ", ".join(f'{{code: {n}, label: {{en: "a{n}", es: "b"}}}}' for n in range(900))
    rows = ", ".join(f"{{id: r{n}}}" for n in range(2_000))
    text = GOOD.replace(Q2, f"      - {{grid: [{rows}], kind: likert, options: [{options}]}}\n")
    (problem,) = problems_of(text)
    assert least_seconds(lambda: problems_of(text)) < SECONDS_TO_REFUSE
    assert problem.code == "grid_too_large"


def test_many_small_grids_are_read_as_fast_as_questions() -> None:
    row = '{id: r%d, text: {en: "a", es: "b"}}'
    grids = "".join(
        f"      - {{grid: [{row % n}], kind: likert, options: ext5}}\n" for n in range(900)
    )
    text = GOOD.replace(Q2, Q2 + grids)
    assert len(load_instrument(text, source="x").questions) == 905
    assert least_seconds(lambda: load_instrument(text, source="x"), attempts=3) < 2
