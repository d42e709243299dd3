"""Questionnaires looked at, extended, brought and compared by staff."""

from __future__ import annotations

import re

from httpx2 import Response

from app.instruments.lint.changes import changes_since
from app.instruments.load import load_instrument
from app.instruments.load.shipped import shipped_instruments
from tests.factories import SURVEYS, core_trust
from tests.integration.accounts.people import Owner
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.console.test_journey import _created

LANGUAGES = ("en", "es", "ar", "vi")
QUESTION = {
    "kind": "likert",
    "page": core_trust().pages[-1].id,
    "missing": ["dont_know", "prefer_not_to_say"],
    **{f"text.{tag}": f"How often do you meet the new patrol? {tag}" for tag in LANGUAGES},
    **{f"options.{tag}": f"Never {tag}\nSometimes {tag}\r\nOften {tag}\n" for tag in LANGUAGES},
}


def _plain(html: str) -> str:
    return re.sub(r"\s+", " ", html)


def _bring(browser: Browser, text: str) -> Response:
    return browser.upload("/staff/instruments", "file", text.encode())


def test_every_shipped_questionnaire_can_be_looked_at_in_each_language(
    browser: Browser, owner: Owner
) -> None:
    enter_enrolled(browser, owner.email)
    initiative = _created(browser)[-10:]
    page = browser.get("/staff/instruments").text
    for each in shipped_instruments():
        assert f'href="/staff/instruments/{each.id}"' in page
        shown = browser.get(f"/staff/instruments/{each.id}")
        assert shown.status_code == 200
        assert "frame-src 'self'" in shown.headers["content-security-policy"]
    for language in core_trust().languages:
        preview = browser.get(
            f"/staff/instruments/core_trust/preview?lang={language}&initiative={initiative}"
        )
        assert f'<html lang="{language}"' in preview.text
        policy = preview.headers["content-security-policy"]
        assert "frame-ancestors 'self'" in policy
        assert "form-action 'none'" in policy
        assert "<script" not in preview.text
    assert (
        "Riverside Neighbours"
        in browser.get(
            f"/staff/instruments/core_trust/preview?lang=en&initiative={initiative}"
        ).text
    )


def test_an_own_question_makes_a_version_that_still_compares(
    browser: Browser, owner: Owner
) -> None:
    enter_enrolled(browser, owner.email)
    made = browser.post("/staff/instruments/core_trust/questions", QUESTION)
    assert made.status_code == 200, made.text
    assert "version 2" in made.text
    text = browser.get(f"{made.url.path}/file").text
    written = load_instrument(text, source="core_trust.yaml", beside=shipped_instruments())
    assert written.questions[-1].id == "own_1"
    assert written.version == 2
    rules = [finding.rule for finding in changes_since(written, core_trust())]
    assert rules == ["added-question"]
    differ = _plain(browser.get(f"{made.url.path}/differences?before=core_trust").text)
    path = f"{made.url.path}/differences?before=core_trust"
    spanish = browser.get(path, **{"accept-language": "es"}).text
    assert "<ins>How often do you meet the new patrol? es</ins>" in spanish
    assert "Every question that both ask still compares" in differ
    assert "<ins>How often do you meet the new patrol? en</ins>" in differ
    again = browser.post(f"{made.url.path}/questions", QUESTION)
    assert "version 3" in again.text
    initiative = _created(browser)
    assert "(version 3)" in _plain(browser.get(initiative).text)


def test_what_is_wrong_with_a_question_is_told_and_stays_typed(
    browser: Browser, owner: Owner
) -> None:
    enter_enrolled(browser, owner.email)
    path = "/staff/instruments/core_trust/questions"
    for wrong, told in (
        ({"text.vi": ""}, "Missing: vi"),
        ({"options.es": "Uno"}, "as many in each language"),
        ({"kind": "nothing"}, "Choose one of the kinds"),
        ({"page": "nowhere"}, "Choose the page"),
        ({"text.en": "Are you a citizen?"}, "which no question may touch"),
        ({"text.en": "Who is {nobody}?"}, "no token"),
    ):
        refused = browser.post(path, QUESTION | wrong)
        assert refused.status_code == 422, wrong
        assert told in _plain(refused.text), wrong
        assert "How often do you meet the new patrol? ar" in refused.text


def test_a_survey_file_is_taken_or_told_line_by_line(browser: Browser, owner: Owner) -> None:
    enter_enrolled(browser, owner.email)
    text = (SURVEYS / "pulse.yaml").read_text(encoding="utf-8")
    own = text.replace("id: pulse", "id: our_pulse", 1)
    taken = _bring(browser, own)
    assert taken.status_code == 200, taken.text
    assert re.fullmatch(r"/staff/instruments/[0-9a-f]{64}", taken.url.path)
    assert "our_pulse" in browser.get("/staff/instruments").text
    broken = browser.upload(
        "/staff/instruments", "file", own.replace("kind: likert", "kind: x").encode()
    )
    assert broken.status_code == 422
    assert re.search(r"<code>file:\d+: ", broken.text)
    assert "kind: x" in broken.text
    clash = browser.upload(
        "/staff/instruments", "file", own.replace("minutes: ", "minutes: 1").encode()
    )
    assert clash.status_code == 409
    assert "Write version: 2" in _plain(clash.text)
    large = browser.upload("/staff/instruments", "file", b"#" * (257 * 1024))
    assert large.status_code == 422
    assert "more than 256 KiB" in large.text
    assert browser.upload("/staff/instruments", "file", b"\xff\xfe").status_code == 422
    assert browser.upload("/staff/instruments", "other", b"x").status_code == 422


def test_a_changed_text_is_shown_before_and_after_and_no_longer_compares(
    browser: Browser, owner: Owner
) -> None:
    enter_enrolled(browser, owner.email)
    text = (SURVEYS / "pulse.yaml").read_text(encoding="utf-8")
    first = browser.upload(
        "/staff/instruments", "file", text.replace("id: pulse", "id: mine", 1).encode()
    )
    pulse = next(each for each in shipped_instruments() if each.id == "pulse")
    asked = next(q for q in pulse.questions if q.id == "t1").text["en"]
    changed = text.replace("id: pulse", "id: mine", 1).replace(asked, "Do you like the police?")
    changed = re.sub(r"comparability_key: core_trust/", "comparability_key: mine/", changed)
    second = browser.upload(
        "/staff/instruments", "file", changed.replace("version: 1", "version: 2", 1).encode()
    )
    assert second.status_code == 200, second.text
    page = _plain(browser.get(f"{second.url.path}/differences?before={first.url.path[-64:]}").text)
    assert "no longer compare" in page
    assert f"<del>{asked}</del>" in page
    assert "<ins>Do you like the police?</ins>" in page


def test_another_agency_s_questionnaire_is_not_there(browser: Browser, owner: Owner) -> None:
    enter_enrolled(browser, owner.email)
    assert browser.get("/staff/instruments/" + "0" * 64).status_code == 404
    assert (
        browser.post("/staff/instruments/" + "0" * 64 + "/questions", QUESTION).status_code == 404
    )
