"""Exports of five tools read as they are, and what is never imported left behind at once."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from app.errors import BadInput, TooLarge
from app.imports.reading import Reading, read_file
from app.imports.reading.never import why_never
from app.imports.reading.table import LONGEST_CELL, MOST_BYTES, MOST_COLUMNS, MOST_ROWS

MORNING = datetime(2025, 3, 4, 9, 14, tzinfo=UTC).replace(tzinfo=None)  # a workbook has no zones
EXPORTS = Path(__file__).parent / "exports"


def export(name: str) -> Reading:
    return read_file((EXPORTS / f"{name}.csv").read_bytes())


def kept(reading: Reading) -> list[str]:
    return [column.key for column in reading.kept]


def left(reading: Reading) -> dict[str, str]:
    return {column.key: column.never for column in reading.columns if column.never}


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_surveymonkey_writes_two_rows_of_headings() -> None:
    reading = export("surveymonkey")
    assert (reading.tool, reading.n_rows) == ("SurveyMonkey", 5)
    assert kept(reading) == [
        "How much do you trust the police here?",
        "How often do the police here… [treat people with respect?]",
        "How often do the police here… [treat people fairly?]",
        "What is your race or ethnicity? [White]",
        "What is your race or ethnicity? [Asian]",
        "What is your race or ethnicity? [Hispanic or Latino]",
    ]
    assert left(reading) == {
        "Respondent ID": "record",
        "Collector ID": "record",
        "Start Date": "time",
        "End Date": "time",
        "IP Address": "network_address",
        "Email Address": "e_mail",
        "First Name": "name",
        "Last Name": "name",
        "Custom Data 1": "record",
        "How can we reach you? [Name]": "name",
        "How can we reach you? [Email Address]": "e_mail",
    }


def test_what_is_never_imported_is_not_even_kept_in_memory() -> None:
    for name in ("surveymonkey", "google_forms", "limesurvey", "kobo", "qualtrics"):
        for column in export(name).columns:
            assert (column.cells == ()) == (column.never is not None), column.key
    tools = ("surveymonkey", "limesurvey", "kobo", "qualtrics")
    spelled = "".join(repr(export(name)) for name in tools)
    for secret in ("Lopez", "maria@", "203.0.113", "114218473001", "09:14:55", "41.8", "kJ8sQ2"):
        assert secret not in spelled
    for secret in ("R_3qq", "C-10293", "312-555"):
        assert secret not in spelled


def test_google_forms_puts_rows_of_a_grid_into_brackets() -> None:
    reading = export("google_forms")
    assert reading.tool == "Google Forms"
    assert left(reading) == {"Timestamp": "time", "Email Address": "e_mail"}
    grid = reading.column("How often do the police here [treat people with respect?]")
    assert grid is not None
    assert (grid.question, grid.part) == (
        "How often do the police here",
        "treat people with respect?",
    )
    race = reading.column("What is your race or ethnicity?")
    assert race is not None
    assert race.parted(";") == {"White": 3, "Hispanic or Latino": 1, "Asian": 1}


def test_limesurvey_is_read_with_its_mark_and_its_semicolons() -> None:
    reading = export("limesurvey")
    assert (reading.tool, reading.read_as) == ("LimeSurvey", "CSV, UTF-8, semicolon")
    assert kept(reading) == ["t1", "grid [SQ001]", "race [1]", "race [4]", "race [other]"]
    assert left(reading)["token"] == "record"
    assert left(reading)["ipaddr"] == "network_address"
    assert left(reading)["refurl"] == "device"


def test_kobo_puts_an_option_behind_the_name_of_its_question() -> None:
    reading = export("kobo")
    assert reading.tool == "KoboToolbox"
    assert kept(reading) == [
        "trust/t1",
        "back/race",
        "back/race [white]",
        "back/race [asian]",
    ]
    assert left(reading)["home/_gps_latitude"] == "position"
    assert left(reading)["deviceid"] == "device"


QUALTRICS_KEPT = [
    "How much do you trust the police here?",
    "How often do the police here… [treat people with respect?]",
    "How often do the police here… [treat people fairly?]",
    "How old are you?",
    "How old are you? - Other: [Text]",
    "What is your race or ethnicity? [Hispanic or Latino]",
    "What is your race or ethnicity? [White]",
]


def test_qualtrics_writes_three_rows_of_headings_and_many_fields_of_its_own() -> None:
    reading = export("qualtrics")
    assert (reading.tool, reading.n_rows) == ("Qualtrics", 3)
    assert kept(reading) == QUALTRICS_KEPT
    dropped = left(reading)
    assert dropped["RecipientLastName"] == dropped["RecipientFirstName"] == "name"
    assert dropped["RecipientEmail"] == "e_mail"
    assert dropped["IPAddress"] == "network_address"
    assert dropped["LocationLatitude"] == dropped["LocationLongitude"] == "position"
    assert dropped["RecordedDate"] == dropped["Q6_First Click"] == "time"
    assert dropped["ResponseId"] == dropped["precinct"] == dropped["UserLanguage"] == "record"
    assert dropped["If we may ask you more, how can we reach you?"] == "telephone"
    assert len(dropped) == 22


@pytest.mark.parametrize(
    "source", ['{"ImportId":' + "[" * 3000, '{"ImportId":7}', '{"ImportId":""}']
)
def test_a_spoiled_third_row_of_qualtrics_breaks_nothing(source: str) -> None:
    quoted = source.replace('"', '""')
    reading = read_file(f'Q1,x\nTrust?,x\n"{quoted}",x\nSome,x\n'.encode())
    assert kept(reading) == ["Q1", "x"]


def test_qualtrics_is_known_without_its_third_row_and_without_its_second() -> None:
    rows: list[list[object]] = [
        ["StartDate", "ResponseId", "RecordedDate", "UserLanguage", "Q1", "Q2_1"],
        ["Start Date", "Response ID", "Recorded Date", "User Language", "Trust?", "How - fair?"],
        [MORNING, "R_3qqXgb2jvWPRPbR", MORNING, "EN", "A lot", "Often"],
    ]
    in_words, in_short = read_file(workbook(rows)), read_file(workbook([rows[0], rows[2]]))
    assert (in_words.tool, in_short.tool) == ("Qualtrics", "Qualtrics")
    assert (kept(in_words), kept(in_short)) == (["Trust?", "How [fair?]"], ["Q1", "Q2_1"])
    assert in_words.n_rows == in_short.n_rows == 1


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (("ana@example.org", "bo@example.org"), "e_mail"),
        (("203.0.113.17", "2001:db8::1"), "network_address"),
        (("2025-03-04 09:19:02", "2025-03-05T10:00:00Z"), "time"),
        (("3/4/25 9:15", "3/5/25 10:15"), "time"),
        (("March 4, 2025", "March 5, 2025"), "time"),
        (("9:15 PM", "10:01 AM"), "time"),
        (("(312) 555-0199", "312-555-0187"), "telephone"),
        (("12 Oak Street", "1455 Elm Avenue, Apt 4"), "address"),
        (("41.878113, -87.629799", "41.881832 -87.623177 0 0"), "position"),
        (("6b1f5a3e-0c2f-4a83-9a55-51b7f0c3d201", "114218473001"), "record"),
        (("ana@example.org", "yes", "yes", "yes"), "e_mail"),
        (("ana@example.org", *["yes"] * 9), None),
        (("A lot", "Some"), None),
        (("1985", "1990"), None),
        (("60614", "60615"), None),
        ((), None),
    ],
)
def test_contents_tell_under_an_innocent_heading(cells: tuple[str, ...], why: str | None) -> None:
    assert why_never("Question 7", "", cells) == why


@pytest.mark.parametrize(
    ("heading", "why"),
    [
        ("Your name", "name"),
        ("Nombre completo", "name"),
        ("Correo electrónico", "e_mail"),
        ("What is your e-mail?", "e_mail"),
        ("Please leave your phone number", "telephone"),
        ("Marca temporal", "time"),
        ("group1/interview_time", "time"),
        ("Do the police answer in time?", None),
        ("What is the name of your neighborhood?", None),
        ("How is the response time of the police?", None),
    ],
)
def test_headings_tell_whatever_stands_below(heading: str, why: str | None) -> None:
    assert why_never(heading, "", ("a", "b", "c")) == why


def test_a_question_about_telephone_numbers_with_a_short_list_of_answers_stays() -> None:
    asked = "Did the officer give you a phone number?"
    assert why_never(asked, "", ("Yes", "No") * 5) is None
    assert why_never(asked, "", ("Ask Mr Bo",) * 2) == "telephone"


@pytest.mark.parametrize(
    ("encoding", "read_as"),
    [
        ("utf-8", "CSV, UTF-8, comma"),
        ("utf-8-sig", "CSV, UTF-8, comma"),
        ("utf-16", "CSV, UTF-16, comma"),
        ("cp1252", "CSV, Windows-1252, comma"),
    ],
)
def test_encodings_are_stated_and_never_guessed_from_words(encoding: str, read_as: str) -> None:
    reading = read_file("¿Confía?,Edad\nNiño “sí”,35\n".encode(encoding))
    assert reading.read_as == read_as
    assert reading.columns[0].cells == ("Niño “sí”",)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n3\n", "with a comma, line 3 has 1 cells where the first has 2"),
        (b"a\n1\n2\n", "one column only"),
        (b'a,b\n"1,2\n', "line 2"),
        (b"a,b\n1,\x81\xff\n", "cannot be read"),
        (b"a,b\n1,\0\n", "NUL"),
        (b"\xef\xbb\xbfa,b\n1,\xff\n", "says that it is UTF-8, and is not"),
        (b"a;b,c\n1;2,3\n", "more than one fits"),
        (b"a,b\n", "no answers"),
        (b"ana@example.org,A lot\nbo@example.org,Some\n", "Column 1 has no heading"),
        (b"A lot,312-555-0199\nSome,312-555-0187\n", "Column 2 has no heading"),
        (b"a,\n1,2\n", "nothing stands above"),
        (b"PK\x03\x04nothing", "no XLSX workbook"),
        (b"\xd0\xcf\x11\xe0old", "old Excel workbook"),
        (b"a,b\n1," + b"x" * (LONGEST_CELL + 1) + b"\n", "Row 2, column 2"),
        (b",".join([b"a"] * (MOST_COLUMNS + 1)) + b"\n", "columns"),
        (b"a,b\n" + b"1,2\n" * (MOST_ROWS + 3), "rows"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(content: bytes, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        read_file(content)


def test_a_file_beyond_the_bound_is_not_looked_at() -> None:
    with pytest.raises(TooLarge):
        read_file(b"x" * (MOST_BYTES + 1))


def test_a_workbook_is_read_as_its_csv_would_be() -> None:
    reading = read_file(
        workbook(
            [
                ["Timestamp", "Trust?", "Age", "Ticked"],
                [MORNING, "A lot", 35, True],
                [MORNING + timedelta(minutes=1), "Some", 41.0, None],
                [None, None, None, None],
            ]
        )
    )
    assert reading.read_as == "XLSX, Sheet"
    assert left(reading) == {"Timestamp": "time"}
    assert [column.cells for column in reading.kept] == [
        ("A lot", "Some"),
        ("35", "41"),
        ("TRUE", ""),
    ]


def test_a_workbook_of_more_letters_than_answers_take_is_refused() -> None:
    cell = "x" * LONGEST_CELL
    with pytest.raises(BadInput, match="unpacks to more than 32 MiB"):
        read_file(workbook([["Trust?", *[cell] * 20]] * 500))


def test_a_workbook_that_swells_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 300 * 1024 * 1024)
    assert len(file.getvalue()) < MOST_BYTES
    with pytest.raises(BadInput, match="unpacks to more"):
        read_file(file.getvalue())


def test_headings_are_known_again_and_other_headings_are_others() -> None:
    first = read_file(b"Timestamp,Trust?\n2025-01-01,Some\n")
    again = read_file(b"Timestamp,Trust?\n2025-02-01,A lot\n2025-02-02,Some\n")
    moved = read_file(b"Trust?,Timestamp\nSome,2025-02-01\n")
    other = read_file(b"Timestamp,Trust??\n2025-02-01,A lot\n")
    assert first.headings_hash == again.headings_hash == moved.headings_hash
    assert first.headings_hash != other.headings_hash


def test_two_columns_of_one_heading_are_told_apart() -> None:
    reading = read_file(b"Why?,Why?,Why? (2),Why?\na,b,c,d\n")
    assert kept(reading) == ["Why?", "Why? (2)", "Why? (2) (2)", "Why? (3)"]


def test_a_workbook_that_names_entities_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not for the sheet")
    whole, spoiled = io.BytesIO(workbook([["Trust?", "x"], ["PLACE", 1]])), io.BytesIO()
    entity = f'<!DOCTYPE worksheet [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'.encode()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(spoiled, "w") as target:
        parts = {name: source.read(name) for name in source.namelist()}
        planted = [name for name, content in parts.items() if b"PLACE" in content]
        for name, content in parts.items():
            named = entity + content.replace(b"PLACE", b"&e;")
            target.writestr(name, named if name in planted else content)
    assert planted
    with pytest.raises(BadInput) as refused:
        read_file(spoiled.getvalue())
    assert "not for the sheet" not in refused.value.message
