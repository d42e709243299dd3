"""Bad addresses, closed waves, bodies too long and a database in trouble: what people are told."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import text

from app.db import Database
from app.initiatives.wave import WaveState
from app.privacy.count_keys import CountKeyStore
from app.responses.pages.collector_cache import FRESH_SECONDS
from app.responses.pages.wording import locales
from app.web.forms import FORM_TYPE
from app.web.shell.body_limit import BODY_BYTES
from tests.integration.pages.conftest import Watch
from tests.integration.pages.reading import ReadPage
from tests.integration.pages.site import Fielded, Phone, field, stored

ANSWERS: dict[str, str | list[str]] = {"t1": "4", "race": ["2", "6"], "area": "1"}
UNKNOWN = ["/s/0000000000000000", "/s/x", "/s/%00", "/s/" + "a" * 64, "/s/..%2f..%2fetc"]

# A commit that fails after every statement went well: a debt that falls due at the end.
OWED = "CREATE TABLE owed (id INTEGER REFERENCES owner (id) DEFERRABLE INITIALLY DEFERRED)"
OWNER = "CREATE TABLE owner (id INTEGER PRIMARY KEY)"
OWE = "INSERT INTO owed VALUES (1);"
FAILING_COMMIT = {
    "sqlite": (OWNER, OWED, f"CREATE TRIGGER owe AFTER INSERT ON intake BEGIN {OWE} END"),
    "postgresql": (
        *(OWNER, OWED),
        f"CREATE FUNCTION owe() RETURNS trigger AS 'BEGIN {OWE} RETURN NULL; END' LANGUAGE plpgsql",
        "CREATE TRIGGER owe AFTER INSERT ON intake EXECUTE FUNCTION owe()",
    ),
}
WITHOUT_FAILURE = {
    "sqlite": ("DROP TRIGGER owe", "DROP TABLE owed", "DROP TABLE owner"),
    "postgresql": ("DROP TRIGGER owe ON intake", "DROP FUNCTION owe", "DROP TABLE owed, owner"),
}


def run(database: Database, statements: tuple[str, ...]) -> None:
    with database.writing() as session:
        for statement in statements:
            session.execute(text(statement))


@contextmanager
def failing_commit(database: Database) -> Iterator[None]:
    engine = database.url.get_backend_name()
    run(database, FAILING_COMMIT[engine])
    try:
        yield
    finally:
        run(database, WITHOUT_FAILURE[engine])


@contextmanager
def held_lock(database: Database) -> Iterator[None]:
    """Someone else writes, for longer than a request may wait."""
    with database.writing() as session:
        lock = "SELECT 1" if database.is_sqlite else "LOCK TABLE intake IN ACCESS EXCLUSIVE MODE"
        session.execute(text(lock))  # SQLite locks as the transaction begins
        yield


TROUBLE = pytest.mark.parametrize(
    ("trouble", "status"),
    [(failing_commit, 500), (held_lock, 503)],
    ids=["commit fails", "database is locked"],
)
Trouble = Callable[[Database], AbstractContextManager[None]]


@TROUBLE
def test_a_sheet_that_was_not_stored_is_never_thanked_for_and_never_lost(
    phone: Phone, database: Database, fielded: Fielded, trouble: Trouble, status: int
) -> None:
    form = phone.open("es").form
    with trouble(database):
        answer = phone.send(form, ANSWERS)
    assert answer.status_code == status
    assert int(answer.headers["retry-after"]) > 0
    page = ReadPage(answer.text)
    assert "Gracias" not in page.text
    assert "Todavía no se ha enviado" in page.text
    assert stored(database, fielded) == []
    assert page.form.token == form.token
    assert sorted(page.form.sent) == sorted(
        [
            *(("t1", "4"), ("race", "2"), ("race", "6"), ("area", "1")),
            *(("_lang", "es"), ("_token", form.token)),
        ]
    )
    assert "Gracias" in phone.send(page.form).text
    assert "ya llegaron" in phone.send(form, ANSWERS).text.lower()
    assert len(stored(database, fielded)) == 1


@contextmanager
def unreachable(database: Database, table: str = "collector") -> Iterator[None]:
    """What is asked of this table gets no answer."""
    if database.is_sqlite:
        run(database, (f"ALTER TABLE {table} RENAME TO hidden",))
        yield
        run(database, (f"ALTER TABLE hidden RENAME TO {table}",))
    else:
        with database.writing() as session:
            session.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
            yield


def test_a_page_seen_a_moment_ago_outlives_its_database(
    phone: Phone, database: Database, watch: Watch
) -> None:
    phone.open()
    watch.seconds += FRESH_SECONDS
    with unreachable(database):
        assert phone.open().form.offered["t1"]


def test_a_page_never_seen_before_says_that_the_service_is_busy(
    client: TestClient, database: Database, fielded: Fielded
) -> None:
    with unreachable(database):
        answer = client.get(fielded.path, headers={"accept-language": "ar"})
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    assert "الخدمة مشغولة" in answer.text


def test_what_was_typed_waits_in_the_page_even_for_a_collector_that_cannot_be_read(
    site: FastAPI, phone: Phone, database: Database, fielded: Fielded
) -> None:
    form = phone.open("ar").form
    site.state.resident_pages._collectors._known.clear()
    with unreachable(database):
        answer = phone.send(form, ANSWERS)
    assert answer.status_code == 503
    page = ReadPage(answer.text)
    assert page.attributes["html"] == {"lang": "ar", "dir": "rtl"}
    assert "شكرًا لك" in phone.send(page.form).text
    assert len(stored(database, fielded)) == 1


def test_on_a_shared_screen_what_could_not_be_stored_still_goes_when_nobody_is_there(
    client: TestClient, database: Database, count_keys: CountKeyStore
) -> None:
    tablet = field(database, count_keys, mode="kiosk", languages=["en"])
    phone = Phone(client, tablet)
    form = phone.open().form
    with unreachable(database, "intake"):
        answer = phone.send(form, ANSWERS)
    page = ReadPage(answer.text)
    assert answer.status_code >= 500
    assert "/s/script/kiosk.js" in page.loaded
    assert page.attributes["main"]["data-kiosk"]
    assert ("Start again" in page.text, "Leave now" in page.text) == (True, False)
    assert "Next person" in phone.send(page.form).text


@pytest.mark.parametrize("path", UNKNOWN)
def test_an_unknown_address_says_what_to_do(client: TestClient, path: str) -> None:
    answer = client.get(path, headers={"accept": "text/html", "accept-language": "es"})
    assert answer.status_code == 404
    assert "Compruebe que la dirección esté bien escrita" in ReadPage(answer.text).text


def test_an_unknown_address_takes_no_sheet(client: TestClient) -> None:
    sheet = client.post(UNKNOWN[0], data={"t1": "1"})
    assert sheet.status_code == 404
    assert "There is no survey at this address" in sheet.text


def test_a_caller_is_told_in_json_where_it_asks_for_that(client: TestClient) -> None:
    answer = client.get(UNKNOWN[0], headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem.pop("detail").startswith("There is no survey at this address.")
    assert problem == {
        "type": "urn:problem-type:rapport:collectors.nothing_here",
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
    }


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [
        ("draft", 409, "has not started yet"),
        ("closing", 410, "is closed"),
        ("closed", 410, "is closed"),
        ("counted", 410, "is closed"),
    ],
)
def test_a_wave_that_asks_nobody_says_so_and_whom_to_ask(
    client: TestClient,
    database: Database,
    count_keys: CountKeyStore,
    *,
    state: WaveState,
    status: int,
    words: str,
) -> None:
    fielded = field(database, count_keys, state=state)
    answer = client.get(fielded.path)
    page = ReadPage(answer.text)
    assert answer.status_code == status
    assert words in page.text
    assert "+1 555 0100" in page.text
    assert page.forms == []
    assert ("at the library" in page.text) == (state != "draft")
    caller = client.get(fielded.path, headers={"accept": "application/json"})
    assert caller.json()["code"] == "conflict"


def test_a_closed_wave_leads_to_the_page_where_its_result_will_stand(
    client: TestClient, database: Database, count_keys: CountKeyStore
) -> None:
    """On a tablet the next person would meet a page that never starts again."""
    fielded = field(database, count_keys, state="counted")
    for language, words in locales().items():
        page = client.get(f"{fielded.path}?lang={language}").text
        found = re.search(r'<a href="(/results/\w{16}\?lang=\w\w)">([^<]+)</a>', page)
        assert found is not None
        assert found[2] == words("result_link")
        assert f'<html lang="{language}"' in client.get(found[1]).text
    tablet = field(database, count_keys, state="closed", mode="kiosk")
    for other in (tablet, field(database, count_keys, state="draft")):
        assert "/results/" not in client.get(other.path).text


@pytest.mark.parametrize("state", ["draft", "closed", "counted"])
def test_a_wave_that_takes_no_sheets_takes_none(
    client: TestClient, database: Database, count_keys: CountKeyStore, state: WaveState
) -> None:
    fielded = field(database, count_keys, state=state)
    answer = client.post(fielded.path, data={"t1": "1", "_lang": "en", "_token": "x"})
    assert answer.status_code == (409 if state == "draft" else 410)
    assert stored(database, fielded) == []


def two_megabytes() -> Iterator[bytes]:
    for _ in range(32):
        yield b"t1=" + b"x" * (64 * 1024 - 3)


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_body_of_two_megabytes_is_refused_in_words(
    client: TestClient, database: Database, fielded: Fielded, *, is_chunked: bool
) -> None:
    content = two_megabytes() if is_chunked else b"".join(two_megabytes())
    answer = client.post(fielded.path, content=content, headers={"content-type": FORM_TYPE})
    assert answer.status_code == 413
    assert "Too much was sent at once" in ReadPage(answer.text).text
    assert stored(database, fielded) == []


def test_the_limit_counts_bytes_and_believes_no_header(
    client: TestClient, fielded: Fielded
) -> None:
    def send(size: int, claimed: str) -> int:
        body = iter([b"x" * (size - 1), b"x"])
        headers = {"content-type": FORM_TYPE, "content-length": claimed}
        return client.post(fielded.path, content=body, headers=headers).status_code

    assert send(BODY_BYTES, "1") == 422
    assert send(BODY_BYTES + 1, "1") == 413


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{}", "application/json"),
        (b"t1=%ff", FORM_TYPE),
        (b"a=1&" * 600, FORM_TYPE),
        (b"", "multipart/form-data; boundary=x"),
        (b"", ""),
    ],
)
def test_a_body_that_is_no_form_is_refused_in_words(
    client: TestClient, database: Database, fielded: Fielded, content: bytes, kind: str
) -> None:
    answer = client.post(fielded.path, content=content, headers={"content-type": kind})
    assert answer.status_code == 422
    assert "could not be understood" in ReadPage(answer.text).text
    assert stored(database, fielded) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "http://testserver"},
        {"origin": "https://elsewhere.example"},
        {"origin": "http://testserver.elsewhere.example"},
        {"cookie": "staff=1"},
        {"cookie": "staff=1", "origin": "null"},
    ],
)
def test_a_sheet_sent_by_another_site_is_refused(
    client: TestClient, database: Database, fielded: Fielded, headers: dict[str, str]
) -> None:
    form = Phone(client, fielded).open().form
    sent = {"content-type": FORM_TYPE, **headers}
    answer = client.post(fielded.path, content=form.with_answers(ANSWERS), headers=sent)
    assert answer.status_code == 403
    assert "sent from another site" in ReadPage(answer.text).text
    assert stored(database, fielded) == []


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "same-origin", "origin": "null"},
        {"sec-fetch-site": "none"},
        {"origin": "http://testserver"},
        {"origin": "null"},
        {},
    ],
)
def test_a_sheet_sent_by_the_page_itself_is_taken_from_old_browsers_too(
    client: TestClient, fielded: Fielded, headers: dict[str, str]
) -> None:
    form = Phone(client, fielded).open().form
    sent = {"content-type": FORM_TYPE, **headers}
    answer = client.post(fielded.path, content=form.with_answers(ANSWERS), headers=sent)
    assert "Thank you" in answer.text


def broken() -> None:
    raise RuntimeError("what a resident typed")


def test_a_fault_nobody_foresaw_is_answered_and_logged_without_a_word_that_was_sent(
    site: FastAPI, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    site.add_api_route("/planted/{name}", broken)
    with caplog.at_level(logging.DEBUG):
        answer = client.get("/planted/canary?canary=1", headers={"user-agent": "canary"})
    assert answer.status_code == 500
    assert "Something went wrong on our side" in ReadPage(answer.text).text
    (record,) = (record for record in caplog.records if record.name == "rapport.web")
    assert "GET /planted/{name}: RuntimeError" in record.getMessage()
    assert "broken" in record.getMessage()
    assert "canary" not in record.getMessage()
    assert "what a resident typed" not in caplog.text
    assert {record.name for record in caplog.records} <= {"rapport.web", "httpx2", "asyncio"}


def test_nothing_is_logged_of_a_visit_that_went_well(
    phone: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        phone.send(phone.open().form, ANSWERS)
    assert [record for record in caplog.records if record.name.startswith("rapport")] == []


def test_refusals_reach_callers_as_problem_documents(client: TestClient) -> None:
    def ask(answer: Response) -> tuple[int, str]:
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.status_code, answer.json()["code"]

    json = {"accept": "application/problem+json, application/json"}
    assert ask(client.get("/nothing", headers=json)) == (404, "not_found")
    assert ask(client.delete("/healthz", headers=json)) == (405, "method_not_allowed")
    assert ask(client.post("/s/x", content=b"x" * 70_000, headers=json)) == (413, "too_large")
