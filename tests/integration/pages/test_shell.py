"""What surrounds every answer: headers, no documentation routes, no telemetry, a clean start."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient
from httpx2 import Response

from app.errors import Misconfigured
from app.main import create_app
from app.responses.pages.rendering import resident_style
from app.settings import Settings
from app.web.forms import FORM_TYPE
from app.web.style import make_style
from tests.integration.pages.reading import ReadPage
from tests.integration.pages.site import Fielded, Phone

ALWAYS = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cache-control": "no-store",
}
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "img-src": "'self' data:",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
}
# The allow-list: one header more could number the visitors, mark their browser, or ask it ahead.
MAY_STAND = {
    *(*ALWAYS, "content-security-policy", "permissions-policy"),
    *("content-type", "content-length", "content-encoding", "allow", "retry-after"),
}
OF_RESIDENT_PAGES = {"connect-src": "'self'", "trusted-types": "worker"}


def check_headers(answer: Response) -> None:
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    directives = dict(
        part.strip().partition(" ")[::2]
        for part in answer.headers["content-security-policy"].split(";")
    )
    styles = directives.pop("style-src").split()
    assert directives in (POLICY, POLICY | OF_RESIDENT_PAGES)
    assert styles == ["'none'"] or all(style.startswith("'sha256-") for style in styles)
    assert "geolocation=()" in answer.headers["permissions-policy"]
    assert "*" not in answer.headers["permissions-policy"]
    assert "unsafe" not in str(answer.headers)
    assert set(answer.headers) - MAY_STAND == set()


def test_every_answer_of_the_resident_pages_carries_every_header(
    client: TestClient, fielded: Fielded, phone: Phone
) -> None:
    form = phone.open().form
    answers = {
        "sheet": client.get(fielded.path),
        "head": client.head(fielded.path),
        "thanks": phone.send(form),
        "arrived": phone.send(form),
        "problem": phone.send(phone.open().form, {"t1": "99"}),
        "renewed": phone.send(form, {"_token": ""}),
        "unknown": client.get("/s/0000000000000000"),
        "no page": client.get("/nowhere"),
        "method": client.put(fielded.path),
        "too large": client.post(fielded.path, content=b"x" * 100_000),
        "no form": client.post(fielded.path, content=b"{}"),
        "foreign": client.post(fielded.path, headers={"sec-fetch-site": "cross-site"}),
        "json": client.get("/nowhere", headers={"accept": "application/json"}),
        "health": client.get("/healthz"),
        "report": client.get("/r/0000000000000000"),
    }
    statuses = {name: answer.status_code for name, answer in answers.items()}
    assert set(statuses.values()) == {200, 403, 404, 405, 413, 422}
    for answer in answers.values():
        check_headers(answer)


def test_two_visitors_are_told_the_same_byte_for_byte_but_for_the_token(
    client: TestClient, fielded: Fielded, phone: Phone
) -> None:
    """Nothing tells the how-manieth somebody is, or what they or others have answered."""
    answers = ({"t1": "4", "race": ["2", "6"], "area": "1"}, {}, {"t1": "-2"})
    pages = [client.get(fielded.path) for _ in answers]
    tokens = [field["_token"] for field in (dict(ReadPage(p.text).form.sent) for p in pages)]
    assert len(set(tokens)) == len(answers)
    blank = {page.text.replace(token, "") for page, token in zip(pages, tokens, strict=True)}
    thanks = [phone.send(phone.open().form, each) for each in answers]
    assert len(blank) == len({answer.text for answer in thanks}) == 1
    for told in (pages, thanks):
        sizeless = [{**answer.headers, "content-length": ""} for answer in told]
        assert sizeless == sizeless[:1] * len(answers)
    assert len({answer.headers["content-length"] for answer in thanks}) == 1


def test_a_fault_nobody_foresaw_carries_every_header(site: FastAPI, client: TestClient) -> None:
    def broken() -> None:
        raise RuntimeError

    site.add_api_route("/planted", broken)
    check_headers(client.get("/planted"))


def test_each_page_allows_the_style_that_it_carries_and_no_other(
    client: TestClient, fielded: Fielded, phone: Phone
) -> None:
    for answer in (client.get(fielded.path), phone.send(phone.open().form), client.get("/x")):
        html = answer.text
        (css,) = (part.split("</style>")[0] for part in html.split("<style>")[1:])
        policy = answer.headers["content-security-policy"]
        allowed = policy.partition("style-src ")[2].partition(";")[0].split()
        assert allowed[0] == make_style(css).source
        assert set(allowed[1:]) <= {resident_style().source}
        assert " style=" not in html


def test_every_route_is_known_and_none_documents_the_others(site: FastAPI) -> None:
    routes = {context.path for context in iter_route_contexts(site.routes)}
    assert {"/healthz", "/s/{public_id}", "/r/{public_id}"} <= routes
    assert not any(path in routes for path in ("/docs", "/redoc", "/openapi.json"))


def test_strict_transport_is_promised_where_the_address_is_https(settings: Settings) -> None:
    secure = settings.model_copy(update={"base_url": "https://rapport.example"})
    with TestClient(create_app(secure)) as client:
        assert "max-age=31536000" in client.get("/healthz").headers["strict-transport-security"]
    with TestClient(create_app(settings)) as client:
        assert "strict-transport-security" not in client.get("/healthz").headers


def test_a_collector_of_telemetry_in_the_environment_is_told_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    site = create_app(settings)
    assert not site._native_telemetry.enabled()
    with TestClient(site) as client:
        assert client.get("/healthz").text == "ok\n"


def test_a_database_that_does_not_fit_stops_the_start(tmp_path: Path, settings: Settings) -> None:
    empty = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'empty.db'}"})
    with pytest.raises(Misconfigured, match="rapport migrate"), TestClient(create_app(empty)):
        pass


def test_the_writer_starts_and_ends_with_the_site(settings: Settings, fielded: Fielded) -> None:
    site = create_app(settings)
    with TestClient(site) as client:
        assert "Thank you" in Phone(client, fielded).send(Phone(client, fielded).open().form).text
        writer = site.state.resident_pages._writer
    assert not writer._thread.is_alive()


def test_pages_for_errors_speak_the_language_read_best(client: TestClient) -> None:
    page = ReadPage(client.get("/nowhere", headers={"accept-language": "ar"}).text)
    assert page.attributes["html"] == {"lang": "ar", "dir": "rtl"}
    assert "لا توجد صفحة" in page.text


def test_a_form_of_a_person_and_the_json_of_a_caller_are_told_apart(client: TestClient) -> None:
    person = client.get("/x", headers={"accept": "text/html,application/json;q=0.9"})
    caller = client.get("/x", headers={"accept": "application/json"})
    unsaid = client.post("/x", headers={"content-type": FORM_TYPE})
    kinds = [answer.headers["content-type"] for answer in (person, caller, unsaid)]
    assert kinds == [
        "text/html; charset=utf-8",
        "application/problem+json",
        "text/html; charset=utf-8",
    ]
