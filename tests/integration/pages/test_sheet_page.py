"""The page with the questions: what it says, in which language, and what it costs."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from html import unescape
from typing import Final

import brotli
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import event

from app.db import Database
from app.initiatives.wave import WaveState
from app.privacy.count_keys import CountKeyStore
from app.responses.pages import collector_cache, shared_pages
from app.responses.pages.collector_cache import FRESH_SECONDS
from app.responses.pages.rendering import LEAVE_ADDRESS
from app.responses.pages.wording import locales
from tests.factories import core_trust
from tests.integration.pages.conftest import Watch
from tests.integration.pages.reading import ReadPage
from tests.integration.pages.site import Fielded, Phone, field, rename_initiative
from tests.surveys.read import read as read_survey

ROUND_TRIP_BYTES = 14 * 1024
ASKS_OR_TELLS = re.compile(r"<(?:link|meta|base|object|embed|iframe|audio|video|source)\b[^>]*>")
HEAD = {
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="robots" content="noindex">',
    '<link rel="icon" href="data:,">',
}
UNPACK: Final = {"br": brotli.decompress, "gzip": gzip.decompress}


def test_the_page_says_who_asks_and_what_is_kept_before_it_asks(phone: Phone) -> None:
    text = phone.open().text
    order = [
        "The police where you live",
        "Takes about 5 minutes",
        "aged 18 or older",
        "Who asks: Riverside Neighbours",
        "You can skip any question",
        "no effect on any service",
        "Nothing is sent until you press Send",
        "never given to police officers",
        "We keep your answers",
        "We do not keep your internet address",
        "opened after the survey closes",
        "City of Riverside",
        "24 months",
        "at the library",
        "+1 555 0100",
        "Ombuds Office",
        "What we cannot protect you from",
        "How much do you trust the police here?",
        "Send my answers",
    ]
    places = [text.find(words) for words in order]
    assert -1 not in places
    assert places == sorted(places)


def test_the_title_tells_a_glance_at_the_phone_nothing(phone: Phone) -> None:
    assert phone.open().title == "Survey"
    assert phone.open("es").title == "Encuesta"


def test_every_question_of_the_wave_stands_in_one_form(
    client: TestClient, database: Database, count_keys: CountKeyStore
) -> None:
    before = Phone(client, field(database, count_keys)).open().form.offered
    after = Phone(client, field(database, count_keys, kind="follow_up")).open().form.offered
    assert set(before) == core_trust().form_fields("baseline")
    assert set(after) == core_trust().form_fields("follow_up")
    assert set(after) - set(before) == {"x1", "x2"}
    assert before["t1"] == ["1", "2", "3", "4", "5", "-1", "-2"]


def test_nothing_is_chosen_beforehand_and_nothing_must_be(client: TestClient, phone: Phone) -> None:
    page = phone.open()
    assert [name for name, _ in page.form.sent] == ["_lang", "_token"]
    html = client.get(phone._path).text
    assert "required" not in html
    assert 'autocomplete="off"' in html


def test_the_page_loads_its_script_and_nothing_else(client: TestClient, fielded: Fielded) -> None:
    answer = client.get(fielded.path)
    page = ReadPage(answer.text)
    (script,) = page.loaded
    assert page.attributes["script"] == {"defer": None, "src": script}
    assert script.startswith("/s/script/")
    assert page.attributes["link"] == {"rel": "icon", "href": "data:,"}
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("accepted", "language", "direction"),
    [
        ("es-MX,es;q=0.9", "es", "ltr"),
        ("ar-EG", "ar", "rtl"),
        ("vi-VN,en;q=0.8", "vi", "ltr"),
        ("so", "en", "ltr"),
    ],
)
def test_the_page_comes_in_the_language_read_best(
    phone: Phone, accepted: str, language: str, direction: str
) -> None:
    page = phone.open(accepted)
    assert page.attributes["html"] == {"lang": language, "dir": direction}
    assert dict(page.form.sent)["_lang"] == language
    title = core_trust().title[language]
    assert title in page.text


def test_each_other_language_is_one_link_away_in_its_own_script(
    client: TestClient, fielded: Fielded, phone: Phone
) -> None:
    links = phone.open("es").links
    assert links["?lang=ar"] == {"href": "?lang=ar", "lang": "ar", "dir": "rtl"}
    assert "?lang=es" not in links
    arabic = ReadPage(client.get(f"{fielded.path}?lang=ar", headers={"accept-language": "es"}).text)
    assert arabic.attributes["html"]["lang"] == "ar"
    assert {"English", "Español", "العربية"} <= set(arabic.words)


@pytest.mark.parametrize("wanted", ["", "so", "../../etc", "%00"])
def test_a_language_that_is_not_offered_changes_nothing(
    client: TestClient, fielded: Fielded, wanted: str
) -> None:
    page = ReadPage(client.get(f"{fielded.path}?lang={wanted}").text)
    assert page.attributes["html"]["lang"] == "en"


def test_a_wave_in_one_language_offers_no_other(
    client: TestClient, database: Database, count_keys: CountKeyStore
) -> None:
    phone = Phone(client, field(database, count_keys, languages=["es"]))
    page = phone.open("ar")
    assert page.attributes["html"]["lang"] == "es"
    assert {link for link in page.links if "lang=" in link} == {
        "?lang=es&easy=1",
        "?lang=es&about=accessibility",
    }


def test_only_a_simulated_initiative_is_called_an_example(
    client: TestClient, database: Database, count_keys: CountKeyStore, phone: Phone
) -> None:
    example = Phone(client, field(database, count_keys, is_simulated=True))
    assert "Example: this initiative is made up" in example.open().text
    assert "Example" not in phone.open().text


def test_an_agency_that_said_little_gets_a_page_without_empty_headings(
    client: TestClient, database: Database, count_keys: CountKeyStore
) -> None:
    text = Phone(client, field(database, count_keys, notice={})).open().text
    assert "Who asks:" not in text
    assert "Complaints" not in text
    assert "None" not in text


def test_an_instrument_without_a_notice_gets_the_words_of_the_program(
    client: TestClient, database: Database, count_keys: CountKeyStore
) -> None:
    survey = read_survey("street_pulse")
    phone = Phone(client, field(database, count_keys, instrument=survey, languages=["en"]))
    text = phone.open().text
    assert "what people think of Riverside Police" in text
    assert "Answers from before and after Walking beats will be compared" in text
    assert "Taking part is up to you" in text


def test_what_staff_wrote_is_shown_and_never_run(
    client: TestClient, database: Database, count_keys: CountKeyStore
) -> None:
    notice = {"run_by": "<script>alert(1)</script>", "contact": '"><img src=x>'}
    fielded = field(database, count_keys, notice=notice)
    html = client.get(fielded.path).text
    assert html.count("<script") == 1
    assert "<img" not in html
    assert "<script>alert(1)</script>" in unescape(html)


def test_a_link_that_hangs_in_one_area_does_not_ask_for_it(
    client: TestClient, database: Database, count_keys: CountKeyStore
) -> None:
    offered = Phone(client, field(database, count_keys, area_code=2)).open().form.offered
    assert set(offered) == core_trust().form_fields("baseline") - {"area"}


def test_a_question_with_a_condition_is_hidden_by_the_style_of_the_page(
    client: TestClient, fielded: Fielded
) -> None:
    html = client.get(fielded.path).text
    assert "#q-k2{display:none}" in html


@pytest.mark.parametrize(("coding", "unpack"), UNPACK.items(), ids=UNPACK)
def test_compressed_and_plain_are_the_same_page(
    client: TestClient, fielded: Fielded, coding: str, unpack: Callable[[bytes], bytes]
) -> None:
    def sent(encoding: str) -> tuple[bytes, str | None]:
        with client.stream("GET", fielded.path, headers={"accept-encoding": encoding}) as answer:
            raw = b"".join(answer.iter_raw())
            assert int(answer.headers["content-length"]) == len(raw)
            return raw, answer.headers.get("content-encoding")

    plain, no_encoding = sent("identity")
    packed, encoding = sent(coding)
    assert (no_encoding, encoding) == (None, coding)
    tokens = [ReadPage(page.decode()).form.token for page in (plain, unpack(packed))]
    assert tokens[0] != tokens[1]
    same = [
        page.replace(token.encode(), b"")
        for page, token in zip((plain, unpack(packed)), tokens, strict=True)
    ]
    assert same[0] == same[1]


@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_all_questions_and_headers_fit_into_one_round_trip(
    client: TestClient, database: Database, count_keys: CountKeyStore, language: str
) -> None:
    fielded = field(database, count_keys, kind="follow_up")
    with client.stream("GET", f"{fielded.path}?lang={language}") as answer:
        body = b"".join(answer.iter_raw())
    headers = b"".join(b"%s: %s\r\n" % header for header in answer.headers.raw)
    assert len(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n" + body) <= ROUND_TRIP_BYTES


def test_everyone_can_leave_at_once_and_tells_nobody_where_from(phone: Phone) -> None:
    link = phone.open("es").links[LEAVE_ADDRESS]
    assert link == {"class": "leave", "href": LEAVE_ADDRESS, "rel": "noreferrer"}
    thanks = ReadPage(phone.send(phone.open().form).text)
    assert "Leave now" in thanks.text
    assert thanks.links[LEAVE_ADDRESS] == link


def test_no_page_asks_a_browser_for_more_or_to_remember_or_tell_what_was_typed(
    client: TestClient, fielded: Fielded, phone: Phone
) -> None:
    """A hint to look up the exit beforehand would tell the network of the visit."""
    form = phone.open().form
    pages = {
        "sheet": client.get(fielded.path),
        "thanks": phone.send(form, {"t1": "4"}),
        "arrived": phone.send(form, {"t1": "4"}),
        "problem": phone.send(phone.open().form, {"t1": "99"}),
        "accessibility": client.get(f"{fielded.path}?about=accessibility"),
        "unknown": client.get("/s/0000000000000000"),
    }
    for name, page in pages.items():
        assert set(re.findall(ASKS_OR_TELLS, page.text)) == HEAD, name
    assert '<form id="sheet" method="post" autocomplete="off"' in pages["sheet"].text
    assert '<form id="sheet" method="post" autocomplete="off"' in pages["problem"].text


def test_the_script_is_named_by_its_content_and_kept_for_good(
    client: TestClient, fielded: Fielded
) -> None:
    (address,) = ReadPage(client.get(fielded.path).text).loaded
    answer = client.get(address)
    assert address == f"/s/script/{sha256(answer.content).hexdigest()[:12]}.js"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["service-worker-allowed"] == "/s/"
    policy = answer.headers["content-security-policy"]
    assert policy == "default-src 'none'; connect-src 'self'"
    plain = client.get(address, headers={"accept-encoding": "identity"})
    assert (plain.content, plain.headers.get("content-encoding")) == (answer.content, None)
    assert client.get("/s/script/000000000000.js").status_code == 404


def test_what_reads_aloud_is_a_file_of_its_own_that_is_not_kept(
    client: TestClient, fielded: Fielded
) -> None:
    answer = client.get("/s/script/aloud.js")
    assert answer.text.count("export const toggle") == 1
    assert answer.headers["cache-control"] == "no-store"
    assert "service-worker-allowed" not in answer.headers
    assert "SpeechSynthesisUtterance" not in client.get(fielded.path).text


@pytest.mark.parametrize("language", ["en", "es", "ar", "vi"])
@pytest.mark.parametrize("state", ["draft", "open", "closed"])
def test_everyone_can_read_for_whom_the_page_was_tested(
    client: TestClient,
    database: Database,
    count_keys: CountKeyStore,
    state: WaveState,
    language: str,
) -> None:
    path = field(database, count_keys, state=state).path
    answer = client.get(f"{path}?lang={language}&about=accessibility")
    page = ReadPage(answer.text)
    texts = locales()[language].texts
    assert answer.status_code == 200
    assert page.attributes["html"]["lang"] == language
    for key in (key for key in texts if key.startswith("access_") and key != "access_link"):
        assert texts[key] in page.text
    assert "+1 555 0100" in page.text
    assert not page.forms


def test_large_text_has_each_question_apart_and_the_same_form(
    client: TestClient, fielded: Fielded
) -> None:
    usual = client.get(f"{fielded.path}?lang=en").text
    large = client.get(f"{fielded.path}?lang=en&easy=1").text
    assert ReadPage(large).form.offered == ReadPage(usual).form.offered
    assert large.count('<section class="page"') > usual.count('<section class="page"')
    assert large.count("<h2") == usual.count("<h2")
    assert "font-size:150%" in large
    assert "font-size:150%" not in usual


def test_every_visit_gets_a_token_of_its_own(phone: Phone) -> None:
    assert len({phone.open().form.token for _ in range(20)}) == 20


def test_a_hundred_visits_in_a_second_ask_the_database_once(
    site: FastAPI, phone: Phone, watch: Watch
) -> None:
    asked: list[str] = []
    engine = site.state.database.engine
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    phone.open()
    once = len(asked)
    for _ in range(100):
        phone.open()
    assert once > 0
    assert len(asked) == once
    watch.seconds += FRESH_SECONDS
    phone.open()
    assert len(asked) > once


def test_what_staff_change_is_seen_a_second_later(
    client: TestClient, database: Database, count_keys: CountKeyStore, watch: Watch
) -> None:
    survey = read_survey("street_pulse")
    fielded = field(database, count_keys, instrument=survey, languages=["en"])
    phone = Phone(client, fielded)
    assert "before and after Walking beats" in phone.open().text
    rename_initiative(database, fielded, {"en": "Open doors"})
    watch.seconds += FRESH_SECONDS
    assert "before and after Open doors" in phone.open().text


def test_the_memory_of_collectors_and_pages_is_bounded(
    site: FastAPI,
    client: TestClient,
    database: Database,
    count_keys: CountKeyStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(collector_cache, "KEPT", 2)
    monkeypatch.setattr(shared_pages, "KEPT", 2)
    phones = [Phone(client, field(database, count_keys)) for _ in range(4)]
    for phone in [*phones, *phones]:
        phone.open()
    pages = site.state.resident_pages
    assert len(pages._collectors._known) == len(pages._shared._prepared) == 2


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_head_is_answered_as_get_without_the_body(
    client: TestClient, fielded: Fielded, method: str
) -> None:
    answer = client.request(method, fielded.path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert bool(answer.content) == (method == "GET")


def test_a_slash_too_much_in_a_typed_address_does_no_harm(
    client: TestClient, fielded: Fielded
) -> None:
    answer = client.get(fielded.path + "/", follow_redirects=False)
    assert answer.status_code == 200
    typed = Phone(client, replace(fielded, path=fielded.path + "/"))
    assert "Thank you" in typed.send(typed.open().form).text
