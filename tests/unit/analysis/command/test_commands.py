"""`plan`, `power` and the bar of `compare`, as somebody at a shell meets them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from analysis.__main__ import main
from analysis.command.documents import refuse_overwriting
from analysis.plan import read_plan
from analysis.refusals import Refusal
from tests.unit.analysis.books import table
from tests.unit.analysis.planned import codebook, wave

PLAN = {"primary": ["trust"], "weighting": {"margins": {"sex": {"1": 49, "2": 51}}}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "codebook.json").write_text(json.dumps(codebook().to_dict()), encoding="utf-8")
    (tmp_path / "plan.json").write_text(json.dumps(PLAN), encoding="utf-8")
    for name, seed in (("before", 1), ("after", 2)):
        (tmp_path / f"{name}.csv").write_text(table(wave(seed, 120)), encoding="utf-8")
    return tmp_path


def test_a_valid_plan_is_printed_in_full_with_its_hash(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["--codebook", str(folder / "codebook.json")]
    written = folder / "full.json"
    assert main(["plan", str(folder / "plan.json"), *names, "--json", str(written)]) == 0
    first, second, *rest = capsys.readouterr().out.splitlines()
    plan = read_plan(PLAN, codebook())
    assert (first, second) == ("The plan is valid.", f"hash: {plan.content_hash()}")
    assert json.loads("\n".join(rest)) == json.loads(written.read_text("utf-8"))
    assert read_plan(json.loads(written.read_text("utf-8")), codebook()) == plan


def test_without_a_plan_the_default_is_shown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["--codebook", str(folder / "codebook.json")]
    assert main(["plan", *names, "--codebook-before", str(folder / "codebook.json")]) == 0
    told = capsys.readouterr().out
    assert told.startswith("The default plan:\nhash: ")
    assert '"smallest_change": {}' in told


def test_a_wrong_plan_is_refused_by_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "plan.json").write_text('{"primary": ["trsut"]}', encoding="utf-8")
    names = ["--codebook", str(folder / "codebook.json")]
    assert main(["plan", str(folder / "plan.json"), *names]) == 1
    assert "refused: plan: unknown outcome 'trsut' under primary" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--deff", "1"], "Smallest change this would probably show: 0.20 points (chance 80 %)."),
        (["--change", "0.2"], "0.20 points matters: not enough, it takes 589 + 589."),
        (["--share", "0.5"], "percentage points (chance 80 %)."),
        (["--share", "0.5", "--fall", "--change", "0.2"], "20.0 percentage points matters: enough"),
        (["--comparison", "400", "400"], "points (chance 80 %)."),
    ],
)
def test_the_planner_answers_in_a_sentence(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["power", "--before", "393", "--after", "393", *arguments]) == 0
    assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--fall"], "--fall goes with --share"),
        (["--before", "3"], "under 3 effective answers"),
        (["--before", "3", "--change", "0.2"], "under 3 effective answers"),
        (["--before", "-3"], "answers is -3.0; give a number above 0"),
        (["--before", "nan"], "answers is nan"),
        (["--population-before", "10"], "a wave cannot have more answers than people"),
    ],
)
def test_a_planner_that_cannot_answer_says_why(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["power", "--before", "300", "--after", "300", *arguments]) == 1
    assert words in capsys.readouterr().err


def test_a_bar_shows_each_step_where_somebody_watches_and_goes(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [f"--{name}={folder / name}.csv" for name in ("before", "after")]
    books = [f"--{name}={folder / 'codebook.json'}" for name in ("codebook", "codebook-before")]
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    assert main(["compare", *books, *files]) == 0
    told = capsys.readouterr().err.split("\r\x1b[K")
    assert told[1].startswith("[........................] reading ")
    assert told[2].startswith("[########................] reading ")
    assert told[3] == "[################........] comparing"
    assert told[4] == ""


@pytest.mark.parametrize(("language", "words"), [("es", "antes"), ("vi", "trước"), ("ar", "قبل")])
def test_what_was_found_is_told_in_another_language(
    folder: Path, capsys: pytest.CaptureFixture[str], language: str, words: str
) -> None:
    files = [f"--{name}={folder / name}.csv" for name in ("before", "after")]
    book = f"--codebook={folder / 'codebook.json'}"
    assert main(["compare", book, *files, f"--language={language}"]) == 0
    assert words in capsys.readouterr().out


def test_nobody_watching_sees_no_bar(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [f"--{name}={folder / name}.csv" for name in ("before", "after")]
    assert main(["compare", f"--codebook={folder / 'codebook.json'}", *files]) == 0
    assert capsys.readouterr().err == ""


def test_every_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("report", "compare", "plan", "power"):
        with pytest.raises(SystemExit, match="0"):
            main([command, "--help"])
        assert command in capsys.readouterr().out


@pytest.mark.parametrize("name", ["before.csv", "codebook.json", "plan.json"])
def test_what_is_read_is_never_written_over(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = (folder / name).read_bytes()
    files = [f"--{wave}={folder / wave}.csv" for wave in ("before", "after")]
    files += [f"--codebook={folder / 'codebook.json'}", f"--plan={folder / 'plan.json'}"]
    assert main(["compare", *files, f"--json={folder / name}"]) == 1
    assert "this file is read" in capsys.readouterr().err
    assert (folder / name).read_bytes() == content


def test_a_plan_is_never_written_over_itself(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, codebook_file = str(folder / "plan.json"), str(folder / "codebook.json")
    assert main(["plan", plan, f"--codebook={codebook_file}", f"--json={plan}"]) == 1
    assert "this file is read" in capsys.readouterr().err


def test_a_bundle_is_never_written_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = str(folder / "plan.json")
    assert main(["report", bundle, f"--json={bundle}"]) == 1
    assert "this file is read" in capsys.readouterr().err


def test_one_file_is_never_written_twice(folder: Path) -> None:
    with pytest.raises(Refusal, match="would be written twice; name two files"):
        refuse_overwriting([folder / "out.json", folder / "." / "out.json"], [])
