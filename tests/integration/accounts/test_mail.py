"""Invitations and new passwords reach the mail server that the installation names."""

from __future__ import annotations

import ssl
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from fastapi.testclient import TestClient

from app import clock
from app.accounts.mail import Letter, MailServer, mail_server
from app.db import Database
from app.errors import Misconfigured
from app.main import create_app
from app.settings import Settings
from tests.integration.accounts.people import Owner
from tests.integration.accounts.post_office import PostOffice, post_office
from tests.integration.accounts.staff_site import Browser, enter_enrolled

ARRIVES = 120.0
SITE = "https://rapport.example"


def _settings(office: PostOffice, **more: object) -> Settings:
    known = {"smtp_host": "localhost", "smtp_port": office.port, "smtp_security": "none"}
    return Settings.model_validate(known | {"mail_from": "rapport@city.example"} | more)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


@pytest.fixture
def browser(office: PostOffice, database: Database, tmp_path: Path) -> Iterator[Browser]:
    settings = _settings(
        office,
        database_url=database.url.render_as_string(hide_password=False),
        base_url=SITE,
        web_key_store=tmp_path / "web-keys",
        web_master_file=tmp_path / "secrets" / "web-master",
    )
    with TestClient(create_app(settings), base_url=SITE) as client:
        yield Browser(client)


def test_an_invitation_and_a_new_password_are_mailed(
    browser: Browser, owner: Owner, office: PostOffice
) -> None:
    enter_enrolled(browser, owner.email)
    page = browser.post(
        "/staff/people",
        {"name": "Bo Li", "email": "bo@partner.example", "roles": "analyst"},
    )
    assert "It is being mailed to bo@partner.example" in page.text
    letter = office.letters.get(timeout=ARRIVES)
    assert (letter["to"], letter["from"]) == ("bo@partner.example", "rapport@city.example")
    assert "Riverside" in letter["subject"]
    (link,) = [line for line in letter.get_content().split() if line.startswith(SITE)]
    assert link in page.text
    assert "Bo Li" in browser.get(link.removeprefix(SITE)).text
    browser.post(f"/staff/people/{owner.staff_id}/reset")
    reset = office.letters.get(timeout=ARRIVES)
    assert reset["to"] == owner.email
    assert f"{SITE}/staff/link/" in reset.get_content()


def test_where_no_mail_gets_through_the_link_is_on_the_page(
    browser: Browser, owner: Owner, office: PostOffice
) -> None:
    office.refuses = True
    enter_enrolled(browser, owner.email)
    page = browser.post(
        "/staff/people", {"name": "Bo", "email": "bo@partner.example", "roles": "analyst"}
    )
    assert f"{SITE}/staff/link/" in page.text
    assert office.letters.empty()


def test_a_name_cannot_write_a_header(office: PostOffice) -> None:
    MailServer(_settings(office)).send(Letter("bo@b.example", "Hi\r\nBcc: all@b.example", "Text"))
    letter = office.letters.get(timeout=ARRIVES)
    assert letter["bcc"] is None
    assert letter["subject"] == "Hi Bcc: all@b.example"


def test_the_account_signs_in_behind_tls_that_is_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, tls = _certificate(tmp_path)
    secret = tmp_path / "smtp-password"
    secret.write_text("quiet rivers\n", "utf-8")
    with post_office(tls) as office:
        wish = {"smtp_account": "city", "smtp_password_file": secret, "smtp_security": "starttls"}
        server = MailServer(_settings(office, **wish))
        server.send(Letter("bo@b.example", "Untrusted", "Text"))
        assert (office.letters.empty(), office.logins) == (True, [])
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        office.was_encrypted = False
        server.send(Letter("bo@b.example", "Hi", "Text"))
        assert office.letters.get(timeout=ARRIVES)["subject"] == "Hi"
        assert office.was_encrypted
        assert office.logins == [b64encode(b"\0city\0quiet rivers").decode()]


def test_a_server_without_a_sender_is_refused_at_the_start(office: PostOffice) -> None:
    with pytest.raises(Misconfigured, match="RAPPORT_MAIL_FROM"):
        mail_server(_settings(office, mail_from=""))
    assert mail_server(Settings()) is None


def _certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    key, now = ec.generate_private_key(ec.SECP256R1()), clock.now()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, private)
    return certificate, tls
