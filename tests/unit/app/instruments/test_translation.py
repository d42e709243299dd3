"""A survey goes to a translator and comes back: every row judged, and nothing else touched."""

from __future__ import annotations

import difflib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

from app.cli.program import program
from app.errors import AppError, BadInput
from app.instruments.load import load_instrument
from app.instruments.load.shipped import folder
from app.instruments.model import Instrument
from app.instruments.texts import missing_texts, texts_of
from app.instruments.translation.judging import Delivered
from app.instruments.translation.rows import Row, rows_of
from app.instruments.translation.taking import Delivery, Review, Taken, take
from app.instruments.translation.workbook import read_workbook, write_workbook
from tests.surveys.read import FOLDER

FILES = [*sorted(folder().glob("*.yaml")), *sorted(FOLDER.glob("*.yaml"))]
PULSE = (FOLDER / "street_pulse.yaml").read_text("utf-8")
files = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
ON = date(2026, 11, 2)

BLOCKS = """\
# kept
id: blocks
version: 1
title:   # what they read
  en: Blocks and folds  # beside
status: original
licence: {spdx: CC0-1.0, commercial_ok: true}
source: {citation: "Rapport, own wording"}
population: "nobody: an example"
minutes: 1
languages:
  en: {status: original}
  # the end of languages
pages:
  - id: only
    title: {
      en: "A title"   # inside
    }
    questions:
      - kind: likert
        options:
          - code: 1
            label:
              en: No
          - {code: 2, label: {en: 'It''s "so"'}}
        grid:
          - id: a
            text:
              en: >-
                How is it
                going here?
          - {id: b, text: {en: "How is it?"}}
scales:
  - id: s
    items: [a, b]
    range: [1, 2]
    ends:
      en:
        - low
        - high
"""


def read(content: str) -> Instrument:
    return load_instrument(content, source="my.yaml")


def delivery(content: str, language: str, *, instrument: str = "") -> Delivery:
    """As exported, each row filled in with words that say which they are."""
    rows = rows_of(read(content), content, language)
    filled = tuple(
        Delivered(line, row.name, row.source, f"{language}: {row.source}")
        for line, row in enumerate(rows, start=2)
    )
    return Delivery(instrument or read(content).id, language, filled)


def with_row(given: Delivery, number: int, **changes: object) -> Delivery:
    rows = list(given.rows)
    rows[number] = replace(rows[number], **changes)
    return replace(given, rows=tuple(rows))


def taken(content: str, given: Delivery, review: Review | None = None) -> Taken:
    return take(read(content), content, given, review)


@files
def test_a_new_language_fills_every_text_and_changes_no_other_line(file: Path) -> None:
    content = file.read_text("utf-8")
    done = taken(content, delivery(content, "de"))
    assert (done.refused, done.missing, done.changed) == ([], 0, 0)
    now = read(done.content)
    assert now.languages["de"].status == "draft"
    lacking = [gap for gap in missing_texts(now) if gap.language == "de" and gap.place]
    written_by_the_program = {"missing_labels", "bands"}
    assert all(written_by_the_program & set(gap.place) for gap in lacking)
    for place, phrases in texts_of(now):
        if "de" in phrases:
            source = phrases[now.original_language]
            assert phrases["de"] == tuple(f"de: {phrase}" for phrase in source), place
    assert comments(done.content) == comments(content)
    assert not lost_words(content, done.content)


def comments(content: str) -> list[str]:
    return [line.strip() for line in content.splitlines() if line.strip().startswith("#")]


def lost_words(before: str, after: str) -> list[str]:
    """What stood in the file and does not any more, in whatever line."""
    changes = difflib.SequenceMatcher(None, before.split(), after.split(), autojunk=False)
    return [
        " ".join(before.split()[low:high])
        for what, low, high, *_ in changes.get_opcodes()
        if what == "delete"
    ]


@files
def test_an_untouched_workbook_changes_nothing(file: Path, tmp_path: Path) -> None:
    content = file.read_text("utf-8")
    instrument = read(content)
    for language in (*instrument.languages, "ja"):
        if language != instrument.original_language:
            rows = list(rows_of(instrument, content, language))
            write_workbook(tmp_path / "w.xlsx", instrument, language, rows)
            back = read_workbook(tmp_path / "w.xlsx")
            assert [(r.name, r.source, r.translation) for r in back.rows] == [
                (row.name, row.source, row.translation) for row in rows
            ]
            assert taken(content, back).content == content


def test_every_style_of_yaml_keeps_its_comments_and_order() -> None:
    done = taken(BLOCKS, delivery(BLOCKS, "es"))
    assert done.refused == []
    assert (
        'title:   # what they read\n  en: Blocks and folds  # beside\n  es: "es: Bl' in done.content
    )
    assert "  en: {status: original}\n  es: {status: draft}\n  # the end" in done.content
    assert 'en: "A title", es: "es: A title"   # inside' in done.content
    assert """{en: 'It''s "so"', es: "es: It's \\"so\\""}""" in done.content
    assert '\n      es: ["es: low", "es: high"]\n' in done.content
    again = taken(done.content, delivery(done.content, "es"))
    assert (again.unchanged, again.content) == (done.new, done.content)


def test_changed_words_take_the_place_of_the_old_in_whatever_style() -> None:
    first = taken(BLOCKS, delivery(BLOCKS, "es")).content
    folded = first.replace(
        'es: "es: How is it going here?"', "es: >-\n                Vieja\n                frase"
    )
    assert folded != first
    done = taken(folded, delivery(folded, "es"))
    assert (done.changed, done.new) == (1, 0)
    assert [text for _, text in texts_of(read(done.content))] == [
        text for _, text in texts_of(read(first))
    ]


@settings(max_examples=60)
@given(
    words=st.text(
        st.characters(exclude_categories=("C", "Z"), exclude_characters="{}")
        | st.sampled_from(" '\"#:-,[]\\%&*!|>"),
        min_size=1,
        max_size=60,
    )
)
def test_any_words_come_through_the_file_as_they_are(words: str) -> None:
    given = with_row(delivery(PULSE, "es"), 3, translation=words.strip())
    done = taken(PULSE, given)
    if words.strip():
        assert done.refused == []
        name = given.rows[3].name
        rows = {row.name: row for row in rows_of(read(done.content), done.content, "es")}
        assert rows[name].translation == words.strip()


@pytest.mark.parametrize(
    "words", ["=1+1", "+49", "-5", "@name", "'quoted", "a\nb", "١٢", "<b>&amp;", "007", "TRUE"]
)
def test_a_spreadsheet_makes_nothing_else_of_the_words(words: str, tmp_path: Path) -> None:
    row = Row("title", "title", words, words, "draft")
    write_workbook(tmp_path / "w.xlsx", read(PULSE), "es", [row])
    (back,) = read_workbook(tmp_path / "w.xlsx").rows
    assert (back.source, back.translation) == (words, words)
    cell = load_workbook(tmp_path / "w.xlsx")["Texts"]["D2"]
    assert cell.data_type in {"s", "inlineStr"}


TOKENS = PULSE.replace("Did you talk with an officer", "Did you meet {police}").replace(
    "¿Habló con un policía este año?", "¿Habló con {police}?"
)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"translation": "¿Se encontró con alguien?"}, "{police} must stand in the source and in"),
        ({"translation": "¿Vio {police} y {area}?"}, "{area} must stand"),
        ({"translation": "¿Vio {police} y {policia}?"}, "a brace that is no token"),
        ({"translation": "¿Vio \u202e{police}?"}, "the hidden character U+202E"),
        ({"translation": "{police} " + "x" * 2000}, "at most 2000 characters"),
        ({"source": "Did you see {police} this year?"}, "the source has changed since the export"),
        ({"name": "pages.contact.questions.gone.text"}, "no text of this name"),
        ({"name": "title"}, "stands in an earlier row too"),
    ],
)
def test_a_row_that_cannot_be_taken_is_told_and_left_out(
    changes: dict[str, str], told: str
) -> None:
    given = delivery(TOKENS, "es")
    number = next(n for n, row in enumerate(given.rows) if "{police}" in row.source)
    done = taken(TOKENS, with_row(given, number, **changes))
    assert told in str(done.refused[0])
    assert str(done.refused[0]).startswith(f"row {number + 2} (")
    assert "¿Habló con {police}?" in done.content, "the words that were there stay"


def test_rows_left_empty_keep_the_words_there_are() -> None:
    given = delivery(PULSE, "es")
    nothing = replace(given, rows=tuple(replace(row, translation="") for row in given.rows))
    done = taken(PULSE, nothing)
    assert (done.content, done.changed, done.refused) == (PULSE, 0, [])


def test_words_that_look_odd_are_taken_and_pointed_at() -> None:
    given = delivery(PULSE, "es")
    given = with_row(given, 0, translation=given.rows[0].source)
    given = with_row(given, 1, translation="x" * 300)
    done = taken(PULSE, given)
    assert done.refused == []
    assert ["the source itself" in str(r) or "say more" in str(r) for r in done.doubtful] == [
        True
    ] * 2


def test_only_a_named_reader_of_every_text_makes_a_review() -> None:
    given, review = delivery(PULSE, "es"), Review('María "Mia" López', ON)
    done = read(taken(PULSE, given, review).content).languages["es"]
    assert (done.status, done.reviewer, done.reviewed_on) == ("reviewed", review.reviewer, ON)
    rows = (replace(given.rows[0], source="other"), *given.rows[1:])
    with pytest.raises(BadInput, match="cannot be called reviewed"):
        taken(PULSE, replace(given, rows=rows), review)
    fresh = replace(delivery(PULSE, "ar"), rows=delivery(PULSE, "ar").rows[1:])
    with pytest.raises(BadInput, match="cannot be called reviewed"):
        taken(PULSE, fresh, review)


def test_reviewed_words_that_change_are_a_draft_again() -> None:
    reviewed = PULSE.replace(
        "es: {status: draft, reviewer: null}", 'es: {status: reviewed, reviewer: "A. Reader"}'
    )
    assert taken(reviewed, replace(delivery(reviewed, "es"), rows=())).content == reviewed
    done = taken(reviewed, delivery(reviewed, "es"))
    assert read(done.content).languages["es"].status == "draft"
    assert read(done.content).languages["es"].reviewer is None


def test_a_workbook_of_another_survey_or_into_its_own_language_is_refused() -> None:
    with pytest.raises(BadInput, match="belongs to the survey 'other'"):
        taken(PULSE, delivery(PULSE, "es", instrument="other"))
    with pytest.raises(BadInput, match="the language that the survey is written in"):
        taken(PULSE, replace(delivery(PULSE, "es"), language="en"))


def test_what_is_no_workbook_of_ours_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_workbook(tmp_path / "none.xlsx")
    (tmp_path / "a.xlsx").write_bytes(b"PK rubbish")
    with pytest.raises(BadInput, match="is no XLSX workbook"):
        read_workbook(tmp_path / "a.xlsx")
    Workbook().save(tmp_path / "b.xlsx")
    with pytest.raises(BadInput, match="lacks the sheets"):
        read_workbook(tmp_path / "b.xlsx")
    write_workbook(tmp_path / "c.xlsx", read(PULSE), "es", [])
    book = load_workbook(tmp_path / "c.xlsx")
    book["Texts"]["C1"] = "Original"
    book.save(tmp_path / "c.xlsx")
    with pytest.raises(BadInput, match="The columns of Texts were changed"):
        read_workbook(tmp_path / "c.xlsx")
    (tmp_path / "d.xlsx").write_bytes(b"0" * (5 * 1024 * 1024 + 1))
    with pytest.raises(BadInput, match="larger than 5 MiB"):
        read_workbook(tmp_path / "d.xlsx")


def test_only_the_translators_columns_can_be_written_in(tmp_path: Path) -> None:
    rows = list(rows_of(read(PULSE), PULSE, "ar"))
    write_workbook(tmp_path / "w.xlsx", read(PULSE), "ar", rows)
    sheet = load_workbook(tmp_path / "w.xlsx")["Texts"]
    assert sheet.protection.sheet
    locked = [cell.protection.locked for cell in sheet[2]]
    assert locked == [True, True, True, False, True, False]
    assert sheet["D2"].alignment.readingOrder == 2, "Arabic is written from the right"
    assert {row.status for row in rows} == {"missing"}


def test_contexts_tell_people_who_see_no_yaml_what_a_text_is() -> None:
    contexts = {row.name: row.context for row in rows_of(read(PULSE), PULSE, "es")}
    assert contexts["pages.trust.questions.t1.text"] == "question t1: what is asked or told"
    assert contexts["option_sets.ext5.options.3.label"] == "answers ext5: answer to choose"
    assert contexts["scales.ease.ends.2"] == "scale ease: end of a scale, in reports (high end)"


RUN = CliRunner()


def run(*words: object) -> tuple[int, str]:
    done = RUN.invoke(program, ["translate", *map(str, words)])
    if isinstance(done.exception, AppError):
        return 1, done.output + done.exception.message
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.output


def test_the_commands_lead_through_a_round_trip(tmp_path: Path) -> None:
    file, book = tmp_path / "s.yaml", tmp_path / "s.ar.xlsx"
    file.write_text(PULSE, "utf-8")
    assert run("export", file, "--language", "ar") == (
        0,
        f"{book}: texts: 15, still to translate: 15\n",
    )
    sheet = load_workbook(book)
    for name, _, source, cell, *_ in sheet["Texts"].iter_rows(min_row=2):
        assert name.value
        cell.value = f"ع {source.value}"
    sheet["Texts"]["D3"] = "{police} كيف؟"
    sheet.save(book)
    code, told = run("import", file, book)
    assert code == 1
    assert "not taken: row 3 (" in told
    assert "was not changed" in told
    assert file.read_text("utf-8") == PULSE
    code, told = run("import", file, book, "--take-good")
    assert code == 0
    assert "new: 13, changed: 0, unchanged: 0, still missing: 1" in told
    assert read(file.read_text("utf-8")).languages["ar"].status == "draft"
    assert set(tmp_path.iterdir()) == {file, book}


def test_a_language_that_the_program_does_not_speak_is_said_to_be_so(tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(PULSE, "utf-8")
    code, told = run("export", file, "--language", "so", "--to", tmp_path / "x.xlsx")
    assert code == 0
    assert "does not speak 'so' yet" in told


@pytest.mark.parametrize("language", ["en", "Englisch", "x y"])
def test_an_impossible_language_is_refused(language: str, tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(PULSE, "utf-8")
    code, told = run("export", file, "--language", language)
    assert code == 1
    assert "language" in told
