"""`rapport check-instrument` for people who write survey files."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.survey_files.check_instrument import check_instrument
from app.instruments.load.problems import InstrumentProblems
from app.instruments.load.shipped import folder, shipped_instruments
from app.instruments.version import freeze
from tests.surveys.read import FOLDER


def test_a_good_file_is_told_with_counts_scales_languages_and_hash(
    capsys: pytest.CaptureFixture[str],
) -> None:
    check_instrument(folder() / "core_trust.yaml")
    (core,) = (i for i in shipped_instruments() if i.id == "core_trust")
    told = capsys.readouterr().out
    assert f"{folder() / 'core_trust.yaml'}: OK, notes: 8\n" in told
    assert "questions in a baseline wave: 31, in a follow-up wave: 33" in told
    assert "scale trust, primary: items 13, answers needed 7" in told
    assert "language es: draft, not reviewed" in told
    assert freeze(core).content_hash in told


def test_a_language_with_gaps_is_told_with_the_places(capsys: pytest.CaptureFixture[str]) -> None:
    check_instrument(FOLDER / "untranslated.yaml")
    told = capsys.readouterr().out
    assert "a wave can open in: en\n" in told
    assert "language es: draft, not reviewed\n    texts missing: 2" in told
    assert "- pages[0].questions[0].text" in told
    assert "- the program's own words in so" in told


def test_a_file_that_claims_the_key_of_a_shipped_question_for_other_words_is_refused(
    tmp_path: Path,
) -> None:
    file = tmp_path / "mine.yaml"
    text = (FOLDER / "street_pulse.yaml").read_text("utf-8")
    file.write_text(text.replace("trust the police here?", "like the police here?"), "utf-8")
    with pytest.raises(InstrumentProblems, match="differs in words or options from core_trust"):
        check_instrument(file)


@pytest.mark.parametrize("path", sorted(folder().glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_file_passes(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_instrument(path)
    assert ": OK" in capsys.readouterr().out


def refused(
    capsys: pytest.CaptureFixture[str],
    file: Path,
    since: Path | None = None,
    *,
    strict: bool = False,
) -> str:
    with pytest.raises(SystemExit, match="1"):
        check_instrument(file, since, strict=strict)
    return capsys.readouterr().out


def test_an_error_is_told_with_its_line_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.yaml"
    text = (FOLDER / "street_pulse.yaml").read_text("utf-8")
    file.write_text(text.replace("Did you talk with an officer this year?", "Born here?"), "utf-8")
    told = refused(capsys, file)
    line = 1 + text[: text.index("Did you talk")].count("\n")
    assert f"{file}:{line}: error [forbidden-topic]: 'met' says 'born' in 'en'" in told
    assert f"{file}: errors: 1, notes: 1\n" in told


def test_advice_fails_only_when_asked_to(capsys: pytest.CaptureFixture[str]) -> None:
    file = FOLDER / "untranslated.yaml"
    check_instrument(file)
    assert f"{file}: OK, advice: 4, notes: 2\n" in capsys.readouterr().out
    assert f"{file}: advice: 4, notes: 2\n" in refused(capsys, file, strict=True)


def test_changes_since_an_earlier_file_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    earlier = tmp_path / "before.yaml"
    text = (FOLDER / "street_pulse.yaml").read_text("utf-8")
    earlier.write_text(text.replace("How open are", "How frank are"), "utf-8")
    told = refused(capsys, FOLDER / "street_pulse.yaml", earlier)
    assert "[changed-wording]: 'q2' differs in words or options from the earlier file" in told
