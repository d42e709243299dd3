"""A baseline taken elsewhere, imported by a program: read, mapped, taken in once."""

from __future__ import annotations

import csv
import io
from base64 import b64encode
from pathlib import Path

import openpyxl

from app.db import Database
from tests.integration.api.programs import BASELINE, INITIATIVE, Program, token_for

EXPORTS = Path(__file__).parents[2] / "unit" / "app" / "imports" / "exports"
FILE = b64encode((EXPORTS / "google_forms.csv").read_bytes()).decode()
FIELDING = {
    "first_day": "2025-03-04",
    "last_day": "2025-03-06",
    "mode": "phone_web",
    "recruitment": "open",
    "language": "en",
}


def wave_of(program: Program) -> str:
    initiative = program.made("/initiatives", INITIATIVE)["id"]
    return str(program.made(f"/initiatives/{initiative}/waves", BASELINE)["id"])


def test_what_is_proposed_can_be_sent_back(program: Program) -> None:
    wave = wave_of(program)
    read = program.post(f"/imports/{wave}/reading", {"file": FILE}).json()
    assert (read["tool"], read["rows"], read["is_remembered"]) == ("Google Forms", 4, False)
    columns = {c["key"]: c["proposed"] for c in read["columns"] if c["proposed"]}
    assert columns["What is your race or ethnicity?"]["separator"] == ";"
    assert [c["contents"] for c in read["columns"] if c["never"]] == [{}, {}]
    body = {"file": FILE, "columns": columns, "fielding": FIELDING}
    sent = program.post(f"/imports/{wave}", body, idempotency_key="once")
    assert sent.status_code == 201, sent.text
    assert (sent.json()["responses"], sent.json()["reworded"]) == (4, [])
    again = program.post(f"/imports/{wave}", body, idempotency_key="once")
    assert (again.status_code, again.json()) == (201, sent.json())
    assert program.post(f"/imports/{wave}", body).status_code == 409
    assert program.get(f"/waves/{wave}").json()["state"] == "imported"


def test_a_workbook_is_read_as_its_csv_is(program: Program) -> None:
    book, file = openpyxl.Workbook(), io.BytesIO()
    with (EXPORTS / "google_forms.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.reader(rows):
            book.worksheets[0].append(row)
    book.save(file)
    wave = wave_of(program)
    body = {"file": b64encode(file.getvalue()).decode()}
    read = program.post(f"/imports/{wave}/reading", body).json()
    from_csv = program.post(f"/imports/{wave}/reading", {"file": FILE}).json()
    assert read.pop("read_as") == "XLSX, Sheet"
    assert read == {key: told for key, told in from_csv.items() if key != "read_as"}


def test_what_does_not_fit_is_refused_and_nothing_is_done(program: Program) -> None:
    wave = wave_of(program)
    heading = "How much do you trust the police here?"
    for columns, fielding, words in (
        ({heading: {"question": "t1"}}, FIELDING, "no answer is named"),
        ({"Email Address": {"question": "t1"}}, FIELDING, "never imported"),
        ({heading: {"question": "t1"}}, FIELDING | {"first_day": "2025-02-30"}, "no such day"),
    ):
        refused = program.post(
            f"/imports/{wave}", {"file": FILE, "columns": columns, "fielding": fielding}
        )
        assert refused.status_code == 422
        assert words in refused.json()["detail"]
    assert program.post(f"/imports/{wave}/reading", {"file": "AAAAA"}).status_code == 422
    workbook = b64encode(b"PK\x03\x04" + bytes(100)).decode()
    refused = program.post(f"/imports/{wave}/reading", {"file": workbook})
    assert (refused.status_code, "no XLSX workbook" in refused.json()["detail"]) == (422, True)
    assert program.get(f"/waves/{wave}").json()["state"] == "draft"


def test_who_may_not_run_waves_may_not_import(program: Program, database: Database) -> None:
    wave = wave_of(program)
    author = Program(
        program.client, token_for(database, program.agency_id, "author"), program.agency_id
    )
    assert author.post(f"/imports/{wave}/reading", {"file": FILE}).status_code == 403
