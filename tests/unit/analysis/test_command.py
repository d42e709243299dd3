"""`python -m analysis`: the same document to the digit, and errors without traceback."""

from __future__ import annotations

import json
import runpy
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from analysis.__main__ import main
from analysis.bundle import Bundle, write_bundle
from analysis.report import compare_bundle
from tests.golden.documents import make_documents

SMALL = Bundle(
    make_documents.codebook(),
    make_documents.codebook(),
    make_documents.answers(60, 0.0, 1),
    make_documents.answers(50, 0.3, 2),
    make_documents.PLAN,
    make_documents.INITIATIVE,
)


@dataclass(frozen=True)
class Files:
    bundle: Path
    codebook: Path
    before: Path
    after: Path
    plan: Path
    json: Path


@pytest.fixture
def files(tmp_path: Path) -> Files:
    names = ("bundle.zip", "codebook.json", "before.csv", "after.csv", "plan.json", "out.json")
    files = Files(*(tmp_path / name for name in names))
    write_bundle(SMALL, files.bundle)
    files.codebook.write_text(json.dumps(SMALL.codebook_after.to_dict()), encoding="utf-8")
    files.before.write_text(SMALL.responses_before, encoding="utf-8")
    files.after.write_text(SMALL.responses_after, encoding="utf-8-sig")
    files.plan.write_text(json.dumps(SMALL.plan), encoding="utf-8")
    return files


def _compare(files: Files, *more: str) -> list[str]:
    waves = ["--before", str(files.before), "--after", str(files.after)]
    return ["compare", "--codebook", str(files.codebook), *waves, *more]


def _document(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


def test_a_bundle_is_compared_to_the_digit(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(files.bundle), "--json", str(files.json)]) == 0
    document = compare_bundle(SMALL)
    assert _document(files.json) == json.loads(json.dumps(document))
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == [c["sentence"] for c in document["comparisons"] if _is_primary(c)]
    assert told[2].startswith("Further comparisons, exploratory: ")
    assert told[2].endswith(f", in {files.json}.")


def _is_primary(comparison: dict[str, Any]) -> bool:
    return bool(comparison["change"]["family"] == "primary")


def test_files_are_compared_with_plan_and_variance(files: Files) -> None:
    more = ("--plan", str(files.plan), "--variance", "taylor", "--json", str(files.json))
    assert main(_compare(files, *more)) == 0
    document = _document(files.json)
    expected = compare_bundle(SMALL, variance="taylor")
    assert document["comparisons"][3]["change"] == expected["comparisons"][3]["change"]


def test_without_a_json_file_the_sentences_stand_alone(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    files.plan.write_text('{"weight": "w"}', encoding="utf-8")
    assert main(_compare(files, "--plan", str(files.plan))) == 0
    assert "with --json FILE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("before", b"trust\n\xff\n", "not UTF-8 text; save it as CSV in UTF-8"),
        (
            "before",
            b"trust,fair,listen,worse,starter,met,years\n1,1,1,1,1,1,1\n",
            "before: the plan names the column 'w' as weight",
        ),
        ("plan", b"{", "no JSON"),
        ("plan", b"[]", "must hold a JSON mapping"),
        ("codebook", b"{}", "the codebook is not complete"),
    ],
)
def test_input_that_cannot_be_used_is_refused_without_traceback(
    files: Files, capsys: pytest.CaptureFixture[str], file: str, content: bytes, words: str
) -> None:
    getattr(files, file).write_bytes(content)
    if file != "plan":
        files.plan.write_text('{"weight": "w"}', encoding="utf-8")
    assert main(_compare(files, "--plan", str(files.plan))) == 1
    told = capsys.readouterr().err
    assert told.startswith("refused: ")
    assert words in told


def test_a_file_that_is_not_there_is_named(
    files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    files.before.unlink()
    assert main(_compare(files)) == 1
    assert capsys.readouterr().err == f"refused: {files.before}: No such file or directory\n"


def test_help_needs_no_numpy_and_the_module_runs() -> None:
    script = (
        "import runpy, sys; sys.argv = ['analysis', '--help']\n"
        "try: runpy.run_module('analysis', run_name='__main__')\n"
        "except SystemExit as done: print(done.code, 'numpy' in sys.modules)"
    )
    ran = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "compare the two waves of a downloaded bundle" in ran.stdout
    assert ran.stdout.rstrip().endswith("0 False")


def test_a_comparison_never_imports_scipy_stats_or_pandas(files: Files) -> None:
    script = (
        "import sys; from analysis.__main__ import main\n"
        f"assert main(['report', {str(files.bundle)!r}]) == 0\n"
        "print([m for m in ('scipy.stats', 'scipy.optimize', 'pandas') if m in sys.modules])"
    )
    ran = subprocess.run(  # noqa: S603 - our own interpreter and script
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[-1] == "[]"


def test_the_module_ends_with_the_commands_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["analysis", "report", "nowhere.zip"])
    with pytest.raises(SystemExit, match="1"):
        runpy.run_path("analysis/__main__.py", run_name="__main__")
    assert "refused: nowhere.zip" in capsys.readouterr().err
