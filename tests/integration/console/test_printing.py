"""What hangs on walls and lies on tables, asked for by staff and made by the worker."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
import segno
from sqlalchemy import func, select, update

from app.accounts.audit import recent_acts
from app.accounts.tables import Agency
from app.collectors.tables import ledger
from app.db import Database
from app.settings import WorkerSettings
from app.worker import run_until_empty
from tests.integration.accounts.people import Owner
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.console.test_journey import _created, _wave


@pytest.fixture
def wave(browser: Browser, owner: Owner) -> str:
    enter_enrolled(browser, owner.email)
    made = _created(browser)
    browser.post(f"{made}/areas", {"name.en": "Mill Street", "name.es": "Calle del Molino"})
    return _wave(browser, made, "baseline")


def _choices(page: str) -> list[str]:
    return re.findall(r'<option value="((?:posters?|paper)[^"]*)"', page)


def _taken(browser: Browser, wave: str) -> tuple[str, bytes]:
    address = re.search(r'href="(/staff/prints/\w{10})"', browser.get(wave).text)
    assert address is not None
    answer = browser.get(address[1])
    assert answer.status_code == 200
    return answer.headers["content-disposition"], answer.content


def test_the_posters_of_a_wave_are_made_one_or_all(
    browser: Browser, owner: Owner, wave: str, database: Database, worker_settings: WorkerSettings
) -> None:
    assert _choices(browser.get(wave).text) == []
    browser.post(f"{wave}/collectors/each")
    page = browser.post(f"{wave}/collectors", {"label": "Library / Desk"}).text
    whole, *single = _choices(page)
    assert whole == "posters"
    assert len(single) == 3
    asked = browser.post(f"{wave}/prints", {"print": "posters", "size": "letter"})
    assert "in the background" in asked.text
    run_until_empty(database, worker_settings)
    name, content = _taken(browser, wave)
    assert name.endswith('.zip"')
    with zipfile.ZipFile(io.BytesIO(content)) as posters:
        names = [entry.filename for entry in posters.infolist()]
        assert all(posters.read(each).startswith(b"%PDF") for each in names)
    assert sorted(name.partition("-")[2] for name in names) == [
        *("Library-Desk-en.pdf", "Library-Desk-es.pdf"),
        *("Mill-Street-English-en.pdf", "Mill-Street-Español-es.pdf"),
    ]
    with database.reading() as session:
        acts = [act.act for act in recent_acts(session, owner.agency_id)]
    assert acts[:2] == ["take download", "ask for print"]


def test_paper_sheets_are_made_and_their_desk_is_linked(
    browser: Browser, wave: str, database: Database, worker_settings: WorkerSettings
) -> None:
    page = browser.post(f"{wave}/collectors", {"label": "Desk", "mode": "paper"}).text
    assert "Enter sheets that came back" in page
    [paper] = _choices(page)
    browser.post(f"{wave}/prints", {"print": paper, "print_language": "es"})
    assert "Paper questionnaire: Desk (Español)" in browser.get(wave).text
    run_until_empty(database, worker_settings)
    name, content = _taken(browser, wave)
    assert name.startswith('attachment; filename="paper_a4-')
    assert content.startswith(b"%PDF")
    poster_of_paper = browser.post(f"{wave}/prints", {"print": paper.replace("paper", "poster")})
    assert poster_of_paper.status_code == 200
    run_until_empty_with_problem(database, worker_settings)
    assert "Print the poster of a link" in browser.get(wave).text


def test_no_poster_is_offered_for_a_wave_that_is_over(
    browser: Browser, wave: str, database: Database
) -> None:
    browser.post(f"{wave}/collectors", {"label": "Library"})
    assert len(_choices(browser.get(wave).text)) == 1
    with database.writing() as session:
        session.connection().exec_driver_sql("UPDATE wave SET state = 'counted'")
    over = browser.get(wave).text
    assert "Library" in over
    assert _choices(over) == []


def run_until_empty_with_problem(database: Database, settings: WorkerSettings) -> None:
    with pytest.raises(Exception, match="Print the poster of a link"):
        run_until_empty(database, settings)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"print": "flag"}, "Choose what to print"),
        ({"print": "posters", "size": "a0"}, "Choose what to print"),
        ({"print": "posters", "print_language": "vi"}, "Choose one of the languages of the wave"),
    ],
)
def test_what_cannot_be_printed_is_told_on_the_page(
    browser: Browser, wave: str, fields: dict[str, str], told: str
) -> None:
    refused = browser.post(f"{wave}/prints", fields)
    assert refused.status_code == 422
    assert told in refused.text
    assert browser.post(f"{wave}/prints", {"print": "poster:zzzzzzzzzz"}).status_code == 404


def test_cards_are_shown_once_with_a_square_code_for_each(browser: Browser, wave: str) -> None:
    made = browser.post(
        f"{wave}/collectors", {"label": "Cards", "recruitment": "single_use_code", "language": "es"}
    )
    address = re.search(r'action="(/staff/collectors/\w{16}/cards)"', made.text)
    assert address is not None
    sheet = browser.post(address[1], {"codes": "3", "tests": "1", "sheet": "yes"})
    assert sheet.status_code == 200
    assert sheet.headers["cache-control"] == "no-store"
    assert sheet.text.count("<svg") == 4
    codes = re.findall(r'<code dir="ltr">(\w{4}-\w{4}-\w{3})</code>', sheet.text)
    assert len(set(codes)) == 4
    assert 'lang="es"' in sheet.text
    listed = browser.post(address[1], {"codes": "1"})
    assert re.search(r"/s/\w{16}\?lang=es#\w{4}-", listed.text)
    assert "Su código para la encuesta" in sheet.text
    many = browser.post(address[1], {"codes": "201", "sheet": "yes"})
    assert many.status_code == 422
    assert "Make fewer at a time" in many.text


def test_while_cards_are_drawn_others_can_write(
    browser: Browser, wave: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And their codes are kept before the first of them is told."""
    made = browser.post(f"{wave}/collectors", {"label": "Cards", "recruitment": "single_use_code"})
    address = re.search(r'action="(/staff/collectors/\w{16}/cards)"', made.text)
    assert address is not None
    draw, kept = segno.make, []

    def draw_and_look(*told: Any, **wish: Any) -> segno.QRCode:
        with database.writing() as session:
            asked = select(func.count()).select_from(ledger)
            kept.append(session.execute(asked).scalar_one())
            session.execute(update(Agency).values(joins_by_email=False))
        return draw(*told, **wish)

    monkeypatch.setattr(segno, "make", draw_and_look)
    sheet = browser.post(address[1], {"codes": "5", "sheet": "yes"})
    assert sheet.text.count("<svg") == 5
    assert kept == [5] * 5
