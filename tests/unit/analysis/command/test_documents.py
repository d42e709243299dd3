"""Plans as people write them: YAML or JSON, each key once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from analysis.command.documents import read_mapping
from analysis.refusals import Refusal

YAML = "primary: [trust]\nweighting:\n  margins:\n    sex: {1: 49, 2: 51}\n"


def _written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_yaml_and_json_say_the_same(tmp_path: Path) -> None:
    assert read_mapping(_written(tmp_path, "plan.yaml", YAML)) == {
        "primary": ["trust"],
        "weighting": {"margins": {"sex": {1: 49, 2: 51}}},
    }
    assert read_mapping(_written(tmp_path, "plan.json", '{"primary": ["trust"]}')) == {
        "primary": ["trust"]
    }


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("plan.yml", "primary: [a]\nprimary: [b]\n", "the key 'primary' stands twice"),
        ("plan.yml", "a: [{b: {c: 1, c: 2}}]\n", "the key 'c' stands twice"),
        ("plan.json", '{"primary": [], "primary": []}', "the key 'primary' stands twice"),
        ("plan.yaml", "primary: [", "no YAML"),
        ("plan.yaml", "", "must hold a YAML mapping"),
        ("plan.yaml", "- a\n", "must hold a YAML mapping"),
        ("plan.yaml", "? [a, b]\n: 1\n", "no YAML"),
        ("plan.yaml", "primary: &a [*a, *a]\n", "line 1: the alias *a"),
        ("plan.yaml", "a: &x [1]\nb: *x\n", "line 2: the alias *x"),
        ("plan.json", "[]", "must hold a JSON mapping"),
        ("plan.json", "{", "no JSON"),
    ],
)
def test_what_is_no_plan_is_refused_by_name(
    tmp_path: Path, name: str, text: str, words: str
) -> None:
    path = _written(tmp_path, name, text)
    with pytest.raises(Refusal) as refused:
        read_mapping(path)
    assert words in str(refused.value)
    assert str(path) in str(refused.value)


def test_without_the_library_yaml_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    path = _written(tmp_path, "plan.yaml", YAML)
    with pytest.raises(Refusal, match="need the library PyYAML"):
        read_mapping(path)


@pytest.mark.parametrize("name", ["plan.json", "plan.yaml"])
def test_lists_within_lists_without_end_are_refused(name: str, tmp_path: Path) -> None:
    deep = tmp_path / name
    deep.write_text("[" * 200_000 + "]" * 200_000, encoding="utf-8")
    with pytest.raises(Refusal, match="lists within lists, far too deep"):
        read_mapping(deep)
