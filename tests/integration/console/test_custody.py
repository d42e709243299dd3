"""A partner on the staff pages, from the public part of a key to its certificate of destruction."""

from __future__ import annotations

from pathlib import Path

import pytest
from httpx2 import Response

from app.db import Database
from app.initiatives.service import get_wave
from app.privacy.count_keys import CountKeyStore
from app.settings import WorkerSettings
from app.worker import run_until_empty
from tests.integration.accounts.people import Owner
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.console.test_console import _sign_in_as
from tests.integration.console.test_journey import _created, _wave
from tests.integration.custody.partner import Partner, opened
from tests.integration.responses.sheets import fill, sheet

SHEETS = 12


class Holder:
    """The partner's staff member, at the page of one wave."""

    def __init__(self, browser: Browser, wave_id: str) -> None:
        self.browser, self.path = browser, f"/staff/keys/{wave_id}"

    def page(self) -> str:
        return self.browser.get(self.path).text

    def gives(self, place: str, **fields: str) -> Response:
        return self.browser.post(f"{self.path}/{place}", fields)

    def hands_in(self, content: bytes) -> Response:
        return self.browser.upload(f"{self.path}/opened", "opened", content)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_partner_keeps_the_key_of_a_wave_from_first_to_last(
    browser: Browser,
    owner: Owner,
    database: Database,
    count_keys: CountKeyStore,
    worker_settings: WorkerSettings,
    tmp_path: Path,
) -> None:
    enter_enrolled(browser, owner.email)
    key = owner.agency_id, _wave(browser, _created(browser), "baseline")[-10:]
    _sign_in_as(browser, database, owner, "key_holder")
    partner, holder = Partner.at(tmp_path / "partner"), Holder(browser, key[1])
    assert f'href="{holder.path}"' in browser.get("/staff/keys").text

    assert "Paste the whole text" in holder.gives("entrust", holder="P", public_part="x").text
    public_part = partner.new_key()
    page = holder.gives("entrust", holder="Riverside Neighbours", public_part=public_part).text
    assert page.count("not tried yet") == 2
    challenge = browser.get(f"{holder.path}/challenge").json()
    assert "No copy of the key gives this answer" in holder.gives("answer", answer="0000").text
    for copy in (1, 2):
        page = holder.gives("answer", answer=partner.tries(challenge, copy)).text
    assert "Both copies open" in page

    fill(database, opened(database, count_keys, key), [sheet()] * SHEETS)
    run_until_empty(database, worker_settings)
    sealed = browser.get(f"{holder.path}/intake")
    assert sealed.headers["content-disposition"].endswith('.rapport"')
    parts = partner.counts(sealed.content)
    assert "Hand in" in holder.page()
    assert holder.hands_in(parts[0][:-1]).status_code == 422
    assert "in the background" in holder.hands_in(parts[0]).text
    assert browser.get(f"{holder.path}/release").status_code == 409
    run_until_empty(database, worker_settings)

    certificate = partner.destroys(browser.get(f"{holder.path}/release").json())
    assert "no signed statement" in holder.gives("certificate", certificate="{}").text
    page = holder.gives("certificate", certificate=certificate).text
    assert "Riverside Neighbours has certified on" in page
    with database.reading() as session:
        wave = get_wave(session, *key)
        assert (wave.key_state, (wave.count_manifest or {})["responses"]) == ("destroyed", SHEETS)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_upload_is_bounded_and_whatever_else_is_sent_is_refused(
    browser: Browser, owner: Owner, database: Database
) -> None:
    enter_enrolled(browser, owner.email)
    wave_id = _wave(browser, _created(browser), "baseline")[-10:]
    assert browser.get(f"/staff/keys/{wave_id}").status_code == 404
    _sign_in_as(browser, database, owner, "key_holder")
    holder = Holder(browser, wave_id)
    assert holder.hands_in(b"x" * (1024 * 1024)).status_code == 413
    assert holder.hands_in(b"x" * 70_000).status_code == 404  # the server holds this wave's key
    assert holder.gives("opened", opened="x").status_code == 422
    assert browser.upload(f"{holder.path}/opened", "other", b"x").status_code == 422
