"""What other programs and people elsewhere hand over, spoiled: exports of other tools and the
mapping to them, pasted populations, addresses, and what an identity provider answers.
"""

from __future__ import annotations

import asyncio
import io
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Final

import openpyxl
import pytest
from joserfc import jws
from joserfc.jwk import ECKey

from app.accounts.mail import Letter, MailServer
from app.accounts.single_sign_on.asking import ask_json
from app.accounts.single_sign_on.provider import IdentityProvider
from app.accounts.staff import read_address
from app.imports.applying import Asked, take_answers
from app.imports.carrying import pack, unpack
from app.imports.mapping import MappingFile, read_mapping_file
from app.imports.proposing import Wording, propose_columns
from app.imports.reading import Reading, read_file
from app.imports.reading.headers import columns_of
from app.imports.reading.table import checked_rows
from app.imports.reading.workbook import read_workbook
from app.initiatives.planning.margins import MarginQuestion, margin_questions, read_margins
from app.instruments.codebook import build_codebook
from app.privacy.single_sign_on.attempts import new_attempt
from app.privacy.single_sign_on.id_token import Expected, read_id_token
from app.settings import Settings
from tests.attack.spoiled.kinds import Kind, sizes, try_spoiled
from tests.attack.spoiled.spoiler import spoil, spoil_archive
from tests.factories import core_trust
from tests.integration.imports.exported import AREAS, FIELDING, whole_mapping

EXPORT: Final = (
    Path(__file__).parents[2] / "unit" / "app" / "imports" / "exports" / "surveymonkey.csv"
)
NOW: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
EXPECTED: Final = Expected("https://login.city.example", "rapport", "nonce-4711")
CLAIMS: Final = {
    "iss": EXPECTED.issuer,
    "aud": EXPECTED.audience,
    "nonce": EXPECTED.nonce,
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 300,
    "sub": "4711",
    "email": "ana@city.example",
    "email_verified": True,
    "amr": ["pwd", "mfa"],
}


@cache
def _asked() -> Asked:
    return Asked(core_trust(), AREAS)


@cache
def _mapping() -> bytes:
    return MappingFile(**dict(whole_mapping()), fielding=FIELDING).model_dump_json().encode()


@cache
def _answers() -> bytes:
    """A few people's, in the words of the questionnaire."""
    labels = {q.id: [label for _, label in _asked().offered(q, "en")] for q in _asked().questions()}
    texts = {q.id: q.text["en"] for q in core_trust().questions}
    rows = [[texts[name] for name in labels]]
    rows += [[offered[n % len(offered)] for offered in labels.values()] for n in range(12)]
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode()


def _good_workbook(_: Path) -> bytes:
    book, file = openpyxl.Workbook(), io.BytesIO()
    for line in EXPORT.read_text("utf-8").splitlines()[:4]:
        book.worksheets[0].append(line.split(",")[:6])
    book.save(file)
    return file.getvalue()


def _read_export(file: Path) -> None:
    reading = read_file(file.read_bytes())
    propose_columns(reading, Wording(_asked(), {"police": {}, "initiative": {}, "area": {}}))
    assert unpack(pack(reading)).n_rows == reading.n_rows


def _read_workbook(file: Path) -> None:
    """In this process what the process of its own does: that one only takes longer to begin."""
    columns_of(checked_rows(read_workbook(file.read_bytes())["rows"]))


@cache
def _reading() -> Reading:
    return read_file(_answers())


def _read_mapping(file: Path) -> None:
    mapping = read_mapping_file(file.read_bytes().decode("utf-8", "replace"))
    take_answers(_reading(), mapping, _asked(), mapping.fielding)


@cache
def _questions() -> list[MarginQuestion]:
    return margin_questions(build_codebook(core_trust(), "follow_up"))


def _population(_: Path) -> bytes:
    question = next(q for q in _questions() if q.id == "gender")
    share = 100 / len(question.labels)
    rows = [f"gender\t{label['en']}\t{share:.6f}" for label in question.labels]
    return "\n".join(["variable\tlevel\tpercent", *rows]).encode()


def _read_population(file: Path) -> None:
    read_margins(file.read_bytes().decode("utf-8", "replace"), _questions())


def _write_to(file: Path) -> None:
    """What passes for an address gives a letter to this one address."""
    address = read_address(file.read_bytes().decode("utf-8", "replace"))
    settings = Settings(smtp_host="localhost", mail_from="rapport@city.example")
    letter = MailServer(settings)._written(Letter(address, "Invitation", "Text"))
    assert [found.addr_spec for found in letter["to"].addresses] == [address]
    assert letter.as_bytes().lower().count(b"\nto:") == 1


@cache
def _key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "first", "use": "sig", "alg": "ES256"})


def _signed(claims: bytes) -> str:
    return jws.serialize_compact({"alg": "ES256", "kid": "first"}, claims, _key())


def _keys() -> dict[str, object]:
    return {"keys": [_key().as_dict(private=False)]}


def _read_claims(file: Path) -> None:
    read_id_token(_signed(file.read_bytes()), _keys(), EXPECTED, NOW)


def _read_token(file: Path) -> None:
    read_id_token(file.read_bytes().decode("utf-8", "replace"), _keys(), EXPECTED, NOW)


class _Desk(BaseHTTPRequestHandler):
    """A provider: whatever it is asked for, it answers what stands in the file."""

    def do_GET(self) -> None:
        content: bytes = self.server.answer.read_bytes()  # type: ignore[attr-defined] # set below
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Desk) as server:
        server.answer = tmp_path / "spoiled.json"  # type: ignore[attr-defined] # for the desk
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


def _discovery(provider: str) -> bytes:
    places = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    return json.dumps({"issuer": provider, **{p: f"{provider}/{p}" for p in places}}).encode()


def _ask_where(provider: str) -> None:
    asking = IdentityProvider(Settings(oidc_issuer=provider, oidc_client_id="rapport"))
    try:
        address = asyncio.run(asking.address_for(new_attempt("/staff", "", NOW)))
        assert address.startswith(("https://", "http://127.0.0.1", "http://localhost"))
    finally:
        asking.close()


def _ask_for_keys(provider: str) -> None:
    read_id_token(_signed(json.dumps(CLAIMS).encode()), ask_json(provider), EXPECTED, NOW)


def answers_of(provider: str) -> dict[str, Kind]:
    return {
        "discovery": Kind(
            ".json",
            lambda _: _discovery(provider),
            spoil,
            lambda _: _ask_where(provider),
            60,
            2000,
        ),
        "keys": Kind(
            ".json",
            lambda _: json.dumps(_keys()).encode(),
            spoil,
            lambda _: _ask_for_keys(provider),
            100,
            3000,
        ),
    }


KINDS: Final = {
    "export": Kind(".csv", lambda _: EXPORT.read_bytes(), spoil, _read_export, 100, 6000),
    "workbook": Kind(".xlsx", _good_workbook, spoil_archive, _read_workbook, 60, 3000),
    "mapping": Kind(".json", lambda _: _mapping(), spoil, _read_mapping, 150, 6000),
    "population": Kind(".csv", _population, spoil, _read_population, 400, 8000),
    "address": Kind(".txt", lambda _: b"ana.ruiz@city.example", spoil, _write_to, 400, 6000),
    "claims": Kind(".json", lambda _: json.dumps(CLAIMS).encode(), spoil, _read_claims, 200, 5000),
    "token": Kind(
        ".jwt",
        lambda _: _signed(json.dumps(CLAIMS).encode()).encode(),
        spoil,
        _read_token,
        200,
        4000,
    ),
}


@pytest.mark.parametrize(("name", "files"), sizes(KINDS))
def test_what_arrives_spoiled_is_read_or_refused_and_never_breaks_the_reader(
    tmp_path: Path, name: str, files: int
) -> None:
    assert try_spoiled(KINDS[name], name, files, tmp_path)["refused"] > files // 10


@pytest.mark.parametrize(("name", "files"), sizes(answers_of("")))
def test_a_spoiled_answer_of_an_identity_provider_lets_nobody_in_and_breaks_nothing(
    tmp_path: Path, provider: str, name: str, files: int
) -> None:
    assert try_spoiled(answers_of(provider)[name], name, files, tmp_path)["refused"] > files // 4
