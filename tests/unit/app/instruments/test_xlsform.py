"""Instruments as XLSForm and back: pyxform takes what we write, and what is lost is told."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from pyxform.xls2xform import convert

from app.errors import BadInput
from app.instruments.load import load_instrument
from app.instruments.model import Instrument
from app.instruments.xlsform import (
    ConditionUnread,
    read_relevant,
    read_xlsform,
    write_relevant,
    write_xlsform,
)
from app.instruments.xlsform.losses import Loss
from app.questions.conditions import Condition
from tests.architecture.source import ROOT
from tests.factories import SURVEYS, instrument_from

SHIPPED = sorted(SURVEYS.glob("*.yaml"))
OTHERS = sorted((ROOT / "tests" / "surveys").glob("*.yaml"))


def form_of(instrument: Instrument, folder: Path) -> tuple[Path, list[Loss]]:
    path = folder / "form.xlsx"
    with path.open("wb") as file:
        losses = write_xlsform(instrument, file)
    return path, losses


def workbook(folder: Path, survey: list[list[Any]], choices: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    for name, rows in (("survey", survey), ("choices", choices)):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.remove(book.worksheets[0])
    book.save(folder / "form.xlsx")
    return folder / "form.xlsx"


@pytest.mark.parametrize("path", [*SHIPPED, *OTHERS], ids=lambda path: path.stem)
def test_pyxform_takes_every_instrument_without_a_warning(path: Path, tmp_path: Path) -> None:
    instrument = instrument_from(path)
    form, _ = form_of(instrument, tmp_path)
    converted = convert(xlsform=str(form))
    assert converted.warnings == []
    for question in instrument.questions:
        assert f"/{question.id}" in converted.xform


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_there_and_back_questions_words_codes_and_conditions_stay(
    path: Path, tmp_path: Path
) -> None:
    instrument = instrument_from(path)
    form, told = form_of(instrument, tmp_path)
    text, _ = read_xlsform(form)
    again = load_instrument(text, source="form.yaml")
    kept = {question.id: question for question in again.questions}
    left_out = [question.id for question in instrument.questions if question.id not in kept]
    assert {loss.place for loss in told} >= set(left_out)
    assert all(q.names_place for q in instrument.questions if q.id in left_out)
    for question in instrument.questions:
        if question.id not in kept:
            continue
        twin = kept[question.id]
        assert twin.text == question.text
        assert twin.columns == question.columns or question.id in {loss.place for loss in told}
        assert (twin.show_if is None) == (question.show_if is None)
        if question.show_if is not None and twin.show_if is not None:
            assert write_relevant(twin.show_if, ()) == write_relevant(question.show_if, ())
        if twin.codes_by_value and question.codes_by_value:
            assert set(twin.codes_by_value.values()) == set(question.codes_by_value.values())


def trees() -> st.SearchStrategy[Any]:
    leaf = st.fixed_dictionaries(
        {"item": st.sampled_from(["a", "b"]), "in": st.lists(st.integers(0, 3), min_size=1)}
    )
    return st.recursive(
        leaf,
        lambda inner: st.one_of(
            st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)}),
            st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
            st.fixed_dictionaries({"not": inner}),
        ),
        max_leaves=6,
    )


def holds(tree: Any, answers: dict[str, int]) -> bool:
    """Written apart from the product."""
    if "item" in tree:
        return answers[tree["item"]] in tree["in"]
    if "not" in tree:
        return not holds(tree["not"], answers)
    parts = tree.get("all") or tree["any"]
    return (all if "all" in tree else any)(holds(part, answers) for part in parts)


@given(trees(), st.integers(0, 3), st.integers(0, 3))
def test_a_condition_means_the_same_there_and_back(tree: Any, a: int, b: int) -> None:
    condition = TypeAdapter(Condition).validate_python(tree)
    codes = {name: {str(code): code for code in range(4)} for name in "ab"}
    for several in ((), ("a", "b")):
        again = read_relevant(write_relevant(condition, several), codes)
        assert holds(again, {"a": a, "b": b}) == holds(tree, {"a": a, "b": b})


@pytest.mark.parametrize(
    "text",
    [
        "${a} > 2",
        "count-selected(${a}) = 1",
        "${a} = '9'",
        "${zz} = '1'",
        "${a} = '1' and",
        "(${a} = '1'",
        "${a} = '1')",
        "not ${a} = '1'",
        "",
        "${a} = ${b}",
    ],
)
def test_what_a_tree_cannot_say_is_refused_and_never_guessed(text: str) -> None:
    with pytest.raises(ConditionUnread):
        read_relevant(text, {"a": {"1": 1}, "b": {"1": 1}})


def test_what_is_lost_of_a_form_is_told_place_by_place(tmp_path: Path) -> None:
    form = workbook(
        tmp_path,
        [
            ["type", "name", "label", "relevant", "required", "calculation"],
            ["deviceid", "deviceid", None, None, None, None],
            ["start", "start", None, None, None, None],
            ["select_one yn", "Met Officer?", "Did you meet one?", None, "yes", None],
            ["geopoint", "where", "Where?", None, None, None],
            ["select_one yn", "happy", "Were you happy?", "${Met Officer?} = 'y'", None, None],
            ["select_one yn", "again", "Again?", "${happy} != ${where}", None, None],
            ["calculate", "sum", None, None, None, "1+1"],
            ["text", "more", "More?", None, None, None],
        ],
        [["list_name", "name", "label"], ["yn", "y", "Yes"], ["yn", "n", "No"]],
    )
    text, losses = read_xlsform(form)
    told = "\n".join(map(str, losses))
    for words in (
        "deviceid would tell of the person or the phone",
        "start would tell of the person or the phone",
        "there is no question of the type geopoint",
        "there is no question of the type calculate",
        "met_officer: is no longer required",
        "Met Officer?: is called met_officer here",
        "choices are numbered in their order: y, n",
        "again: is shown to everyone; this condition was not understood",
    ):
        assert words in told
    again = load_instrument(text, source="form.yaml")
    assert [question.id for question in again.questions] == [
        "met_officer",
        "happy",
        "again",
        "more",
    ]
    assert yaml.safe_load(text)["pages"][0]["questions"][1]["show_if"] == {
        "item": "met_officer",
        "in": [1],
    }


@pytest.mark.parametrize("content", [b"", b"PK", b"type,name\n", b"\x00" * 100])
def test_what_is_no_workbook_is_refused_with_a_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="no workbook"):
        read_xlsform(path)


def test_a_form_without_its_sheets_or_without_a_question_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(BadInput, match="is missing"):
        read_xlsform(tmp_path / "a.xlsx")
    empty = workbook(tmp_path, [["type", "name", "label"]], [["list_name", "name", "label"]])
    with pytest.raises(BadInput, match="holds no question"):
        read_xlsform(empty)
    assert io.BytesIO(empty.read_bytes()).read(2) == b"PK"
