"""Files from strangers: what is read, what is refused, and how fast."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.instruments.load.problems import InstrumentProblem, InstrumentProblems
from app.instruments.load.strict_yaml import (
    MOST_BYTES,
    MOST_LEVELS,
    MOST_NODES,
    YamlDocument,
    read_yaml,
)
from tests.processor_time import least_seconds

SECONDS_TO_REFUSE = 0.5
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{new}: &{new} [{', '.join([f'*{old}'] * 10)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


def read(text: str) -> YamlDocument:
    return read_yaml(text, file="my.yaml")


def problems_of(text: str) -> list[InstrumentProblem]:
    try:
        read(text)
    except InstrumentProblems as exc:
        return exc.problems
    return []


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("y", "y"),
        ("12:30", "12:30"),
        ("2025-01-01", "2025-01-01"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("<<", "<<"),
        ("=", "="),
        ("12", 12),
        ("-3", -3),
        ("0", 0),
        ("2.50", 2.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'12'", "12"),
        ('"true"', "true"),
        ("|\n  two\n  lines\n", "two\nlines\n"),
    ],
)
def test_plain_scalars_follow_the_core_schema(written: str, value: object) -> None:
    found = read(f"key: {written}").value["key"]
    assert found == value
    assert type(found) is type(value)


def test_language_code_no_stays_a_key() -> None:
    assert read("no: {status: draft}").value == {"no": {"status": "draft"}}


def test_each_value_knows_its_line() -> None:
    document = read("a: 1\nb:\n  - c: 2\n    d:\n      e: 3\n  - 4\n")
    assert document.line_of(("a",)) == 1
    assert document.line_of(("b",)) == 2
    assert document.line_of(("b", 0, "d", "e")) == 5
    assert document.line_of(("b", 1)) == 6
    assert document.line_of(("b", 0, "tag", "d", "unwritten")) == 4


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("", "empty", 1),
        ("# only a comment\n", "empty", 1),
        ("\n\n- 1\n", "not_a_mapping", 3),
        ("word", "not_a_mapping", 1),
        ("a: 1\n---\nb: 2\n", "several_documents", 2),
        ("a: 1\nb: &x 2\n", "alias", 2),
        ("a: 1\nb: *x\n", "alias", 2),
        ("a: !!python/object/apply:os.system [ls]\n", "tag", 1),
        ("a: !!str 1\n", "tag", 1),
        ("a: ! 1\n", "tag", 1),
        ("a: 1\nb: 2\na: 3\n", "duplicate_key", 3),
        ("a:\n  b: 1\n  'b': 2\n", "duplicate_key", 3),
        ("a: 1\n7: 2\n", "key_not_text", 2),
        ("true: 2\n", "key_not_text", 1),
        ("? [a, b]\n: 2\n", "key_not_text", 1),
        ("~: 2\n", "key_not_text", 1),
        (": 2\n", "syntax", 1),
        ("a: 1\nb: 012\n", "leading_zero", 2),
        ("b: -007\n", "leading_zero", 1),
        ("b: 01.5\n", "leading_zero", 1),
        ("b: 1234567890123456\n", "number_too_large", 1),
        ("b: 1e999\n", "number_too_large", 1),
        (f"b: {'9' * 5000}\n", "number_too_large", 1),
        ("a:\n\tb: 1\n", "tab", 2),
        ("a: 1\n  b: 2\n", "syntax", 2),
        ("a: [1, 2\n", "syntax", 2),
        ("a: 'open\n", "syntax", 2),
        ("a: b: c\n", "syntax", 1),
        ("a: @b\n", "syntax", 1),
        ("%YAML 9.9\n---\na: 1\n", "syntax", 1),
        ("a: 1\nb: \x00\n", "control_character", 2),
        ("a: \x1b[31m\n", "control_character", 1),
        ("a: \ud800\n", "control_character", 1),
        ("a: " + "[" * MOST_LEVELS, "too_deep", 1),
        ("a: [" + "1, " * MOST_NODES + "]\n", "too_many_nodes", 1),
        ("a: " + "x" * MOST_BYTES, "too_large", 1),
        ("a: " + "é" * (MOST_BYTES // 2), "too_large", 1),
        (BOMB, "alias", 1),
    ],
)
def test_what_is_not_plain_bounded_yaml_is_refused_with_its_line(
    text: str, code: str, line: int
) -> None:
    problem = problems_of(text)[0]
    assert (problem.code, problem.line) == (code, line)
    assert problem.file == "my.yaml"
    assert problem.remedy


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "a: " + "[" * 200_000,
        "a: " + "{a: " * 60_000,
        "- " * 100_000,
        "? " * 100_000,
        "a: [" + "1," * 120_000,
        "a: '" + "x" * 250_000,
        "".join(f"key{n}: {n}\n" for n in range(15_000)),
        "a: |\n" + "  x\n" * 60_000,
        "#" * 250_000 + "\n: :",
        "a: " + "x" * 10_000_000,
        "&a " * 80_000,
        "!t " * 80_000,
        "x: " * 80_000,
        "\n" * 250_000 + "[",
    ],
    ids=range(15),
)
def test_hostile_files_are_read_or_refused_at_once(text: str) -> None:
    assert least_seconds(lambda: problems_of(text), attempts=3) < SECONDS_TO_REFUSE


def test_all_problems_that_do_not_stop_the_reader_are_told_at_once() -> None:
    codes = [problem.code for problem in problems_of("a: 1\na: 2\nb: 007\n3: x\n")]
    assert codes == ["duplicate_key", "leading_zero", "key_not_text"]


def test_a_long_list_of_problems_is_cut_and_counted() -> None:
    with pytest.raises(InstrumentProblems, match=r"\.\.\. and at least 60 more"):
        read("a: 1\n" * 101)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    lines = sum(text.count(end) for end in "\n\r\x85") + 2
    problems = problems_of(text)
    assert all(1 <= problem.line <= lines for problem in problems)
    if not problems:
        assert all(isinstance(key, str) for key in read(text).value)


@given(st.text(alphabet="ab:- []{}#&*!|>'\"%@\n\t01.", max_size=60))
def test_any_play_with_the_signs_of_yaml_is_read_or_refused(text: str) -> None:
    assert all(problem.message and problem.remedy for problem in problems_of(text))
