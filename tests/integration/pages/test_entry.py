"""Staff enter a paper sheet twice; it is compared, stored once, and lies nowhere before that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.db import Database
from app.initiatives.fielding import close_wave, end_grace
from app.privacy.count_keys import CountKeyStore
from app.web.forms import FORM_TYPE
from tests.integration.accounts.people import hire
from tests.integration.pages.desk import SHEET, Desk, sign_in
from tests.integration.pages.site import Fielded, field, opened, stored
from tests.integration.pages.test_trouble import failing_commit
from tests.surveys.read import read


def everything_stored(database: Database) -> str:
    """All tables, as somebody would see them who copied the database now."""
    with database.reading() as session:
        tables = database_tables(session.get_bind().dialect.name)
        names = session.scalars(text(tables)).all()
        return "".join(
            str(session.execute(text(f'SELECT * FROM "{name}"')).all())  # noqa: S608 - our tables
            for name in names
        )


def database_tables(dialect: str) -> str:
    if dialect == "sqlite":
        return "SELECT name FROM sqlite_master WHERE type = 'table'"
    return "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"


def test_two_equal_entries_store_one_sheet_that_says_how_it_came(
    desk: Desk, paper: Fielded, database: Database, count_keys: CountKeyStore
) -> None:
    assert "First entry" in desk.page.text
    assert desk.lines == list(SHEET)
    desk.press(SHEET)
    assert "Second entry" in desk.page.text
    assert desk.press(SHEET).status_code == 200
    assert "The sheet is stored" in desk.page.text
    assert "First entry" in desk.page.text
    assert "Sheets stored from this tab: 1" in desk.page.text
    [sheet] = opened(database, paper, count_keys)
    assert sheet["answers"] == {"t1": 4, "q1": 2, "q2": -1, "met": 1, "heard": 5}
    assert (sheet["mode"], sheet["recruitment"]) == ("paper", "staff_entered")
    assert (sheet["language"], sheet["area"], sheet["quality"]) == ("en", None, 0)


def test_what_differs_is_shown_and_settled_item_by_item(
    desk: Desk, paper: Fielded, database: Database, count_keys: CountKeyStore
) -> None:
    desk.press(SHEET)
    desk.press({**SHEET, "t1": "5", "q2": ""})
    assert desk.lines == ["t1", "q2"]
    assert "First entry: 4. Second entry: 5." in desk.page.text
    assert "First entry: -1. Second entry: nothing." in desk.page.text
    assert stored(database, paper) == []
    desk.press({"t1": "4", "q2": "-2"})
    assert "The sheet is stored" in desk.page.text
    [sheet] = opened(database, paper, count_keys)
    assert sheet["answers"] == {"t1": 4, "q1": 2, "q2": -2, "met": 1, "heard": 5}


def test_an_answer_that_opens_further_questions_settles_with_them(
    desk: Desk, paper: Fielded, database: Database, count_keys: CountKeyStore
) -> None:
    desk.press({**SHEET, "met": "2"})
    desk.press(SHEET)
    assert desk.lines == ["met", "heard"]
    desk.press({"met": "1", "heard": "3"})
    [sheet] = opened(database, paper, count_keys)
    assert (sheet["answers"]["met"], sheet["answers"]["heard"]) == (1, 3)


@pytest.mark.parametrize("step", ["first", "second", "settle"])
def test_a_number_that_is_not_on_paper_is_refused_where_it_stands(
    desk: Desk, paper: Fielded, database: Database, step: str
) -> None:
    if step != "first":
        desk.press(SHEET)
    if step == "settle":
        desk.press({**SHEET, "t1": "5"})
    typed = SHEET if step != "settle" else {}
    answer = desk.press({**typed, "t1": "9"})
    assert answer.status_code == 422
    assert "Some numbers do not fit" in desk.page.text
    [wrong] = [a for a in desk.page.inputs if a.get("aria-invalid")]
    assert (wrong["name"], wrong["value"]) == ("t1", "9")
    assert desk.hidden["_step"] == step
    assert stored(database, paper) == []


def test_several_marks_are_typed_in_any_order(
    client: TestClient, database: Database, count_keys: CountKeyStore
) -> None:
    fielded = field(
        database, count_keys, mode="paper", instrument=read("branching"), languages=["en"]
    )
    sign_in(client, hire(database, fielded.agency_id, "fieldwork"))
    desk = Desk(client, fielded.path)
    desk.press({"topics": "2 1"})
    desk.press({"topics": "1,2"})
    [sheet] = opened(database, fielded, count_keys)
    assert sheet["answers"]["topics"] == [1, 2]


def test_between_the_two_entries_nothing_lies_on_the_server(desk: Desk, database: Database) -> None:
    before = everything_stored(database)
    assert before
    desk.press(SHEET)
    desk.press({**SHEET, "t1": "5"})
    assert everything_stored(database) == before
    assert desk.answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in desk.answer.headers


def test_a_sheet_sent_twice_is_stored_once(desk: Desk, paper: Fielded, database: Database) -> None:
    desk.press(SHEET)
    second = desk.answer
    desk.press(SHEET)
    desk.answer = second
    desk.press(SHEET)
    assert "was stored already" in desk.page.text
    assert len(stored(database, paper)) == 1
    desk.press(SHEET)
    desk.press(SHEET)
    assert len(stored(database, paper)) == 2


def test_a_page_that_is_too_old_asks_to_press_again_and_loses_nothing(
    desk: Desk, paper: Fielded, database: Database
) -> None:
    desk.press(SHEET)
    answer = desk.press(SHEET, _token="x")
    assert answer.status_code == 422
    assert "Press the button again" in desk.page.text
    assert desk.typed == SHEET
    desk.press(SHEET)
    assert len(stored(database, paper)) == 1


def test_the_language_of_the_sheet_is_not_that_of_the_desk(
    client: TestClient,
    desk: Desk,
    paper: Fielded,
    database: Database,
    count_keys: CountKeyStore,
) -> None:
    desk = Desk(client, paper.path, "es")
    assert "First entry" in desk.page.text
    assert "¿Cuánto confía en la policía de aquí?" in desk.page.text
    assert "-ES" in desk.page.text
    desk.press(SHEET)
    desk.press(SHEET)
    assert opened(database, paper, count_keys)[0]["language"] == "es"


def test_sheets_are_entered_until_the_grace_is_over(
    desk: Desk, paper: Fielded, database: Database
) -> None:
    desk.press(SHEET)
    with database.writing() as session:
        close_wave(session, paper.agency_id, paper.wave_id)
    desk.press(SHEET)
    assert len(stored(database, paper)) == 1


def test_a_sheet_that_comes_too_late_is_told_so_and_not_stored(
    desk: Desk, paper: Fielded, database: Database
) -> None:
    desk.press(SHEET)
    with database.writing() as session:
        close_wave(session, paper.agency_id, paper.wave_id, grace=timedelta(0))
        end_grace(session, paper.agency_id, paper.wave_id)
    answer = desk.press(SHEET)
    assert answer.status_code == 410
    assert stored(database, paper) == []


def test_paper_has_no_page_for_residents_and_links_no_entry(
    client: TestClient, database: Database, paper: Fielded, fielded: Fielded
) -> None:
    own_id = paper.path.rpartition("/")[2]
    assert client.get(f"/s/{own_id}").status_code == 404
    sent = client.post(f"/s/{own_id}", content="t1=1", headers={"content-type": FORM_TYPE})
    assert sent.status_code == 404
    sign_in(client, hire(database, fielded.agency_id, "fieldwork"))
    assert client.get(f"/entry/{fielded.path.rpartition('/')[2]}").status_code == 404


def test_a_sheet_that_cannot_be_stored_stays_in_the_page(
    desk: Desk, paper: Fielded, database: Database
) -> None:
    desk.press(SHEET)
    with failing_commit(database):
        assert desk.press(SHEET).status_code == 503
        assert "could not be stored just now" in desk.page.text
        assert desk.typed == SHEET
        assert stored(database, paper) == []
    desk.press(SHEET)
    assert len(stored(database, paper)) == 1
