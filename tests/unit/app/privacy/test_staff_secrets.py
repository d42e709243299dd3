from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.identifiers import CROCKFORD
from app.privacy.key_store import KeyBroken
from app.privacy.staff import passwords
from app.privacy.staff.one_time_codes import (
    OneTimeCodes,
    new_recovery_codes,
    recovery_digest,
    remaining_recovery_codes,
)
from app.privacy.staff.passwords import (
    LEAST_ALONE,
    LEAST_WITH_SECOND_FACTOR,
    PasswordRefused,
    hash_password,
    is_password,
    needs_new_hash,
    refuse_weak,
)
from app.privacy.staff.tokens import new_staff_token, read_staff_token
from app.privacy.web_keys import WebKeyStore

OWNER = "abc123/0123456789"
# RFC 6238, appendix B, the last six digits for SHA-1.
RFC_SECRET = b"12345678901234567890"
RFC_CODES = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


@pytest.fixture
def codes(tmp_path: Path) -> OneTimeCodes:
    return OneTimeCodes(WebKeyStore(tmp_path / "keys", tmp_path / "secrets" / "master"))


def _kept(codes: OneTimeCodes, secret: bytes) -> bytes:
    nonce = bytes(12)
    return nonce + codes._cipher().encrypt(nonce, secret, OWNER.encode())


@pytest.mark.parametrize(("second", "code"), RFC_CODES.items())
def test_codes_are_those_of_the_standard(codes: OneTimeCodes, second: int, code: str) -> None:
    moment = datetime.fromtimestamp(second, UTC)
    kept = _kept(codes, RFC_SECRET)
    assert codes.matching_step(kept, OWNER, code, moment) == second // 30
    assert codes.matching_step(kept, OWNER, f"{code[:3]} {code[3:]}", moment) == second // 30
    assert codes.matching_step(kept, OWNER, "000000", moment) is None


def test_a_code_is_good_half_a_minute_early_or_late_and_no_longer(codes: OneTimeCodes) -> None:
    kept = _kept(codes, RFC_SECRET)
    for late, step in ((-30, 37037036), (0, 37037036), (30, 37037036), (60, None), (-60, None)):
        moment = datetime.fromtimestamp(1111111109 + late, UTC)
        assert codes.matching_step(kept, OWNER, "081804", moment) == step


def test_a_secret_moved_to_another_account_does_not_open(codes: OneTimeCodes) -> None:
    kept = codes.new_secret(OWNER)
    assert len(codes.shown_secret(kept, OWNER)) == 32
    with pytest.raises(KeyBroken, match="web key store"):
        codes.shown_secret(kept, "abc123/9876543210")


def test_the_address_for_the_phone_names_the_account(codes: OneTimeCodes) -> None:
    kept = codes.new_secret(OWNER)
    address = codes.address(kept, OWNER, "ana@city.example")
    assert address.startswith("otpauth://totp/Rapport:ana%40city.example?secret=")
    assert codes.shown_secret(kept, OWNER) in address


def test_a_recovery_code_is_good_once_however_it_is_typed() -> None:
    given_codes = new_recovery_codes()
    kept = [recovery_digest(code) for code in given_codes]
    typed = given_codes[3].upper()
    left = remaining_recovery_codes(kept, f"{typed[:4]} {typed[4:8]}-{typed[8:]} ")
    assert left == [digest for digest in kept if digest != kept[3]]
    assert remaining_recovery_codes(left, given_codes[3]) is None
    assert remaining_recovery_codes(kept, "") is None


def test_a_recovery_code_is_long_enough_for_a_plain_hash() -> None:
    """ASVS 6.5.2 asks for 112 bits, 11.5.1 for 128; each character is one of 32."""
    codes = new_recovery_codes()
    assert len(set(codes)) == len(codes) == 10
    assert all(5 * len(code) >= 128 and set(code) <= set(CROCKFORD) for code in codes)


@pytest.fixture
def _as_in_the_program(
    full_price: PasswordHasher, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    monkeypatch.setattr(passwords, "_HASHER", full_price)
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


@pytest.mark.usefixtures("_as_in_the_program")
def test_a_password_is_kept_as_argon2id_and_known_again() -> None:
    kept = hash_password("correct horse battery")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert is_password("correct horse battery", kept)
    assert not is_password("correct horse batterz", kept)
    assert not is_password("correct horse battery", None)
    assert not is_password("correct horse battery", "no hash")


@pytest.mark.usefixtures("_as_in_the_program")
def test_a_password_kept_for_a_lower_price_is_known_and_due_for_a_new_hash() -> None:
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("correct horse battery")
    assert is_password("correct horse battery", cheap)
    assert needs_new_hash(cheap)
    assert not needs_new_hash(hash_password("correct horse battery"))


def test_the_same_letters_composed_otherwise_are_the_same_password() -> None:
    assert is_password(
        "contrase\u00f1a de la ciudad", hash_password("contrasen\u0303a de la ciudad")
    )


def test_a_password_is_compared_whole() -> None:
    longest = "a rather long password " * 11 + "of 256"
    longest += "." * (256 - len(longest))
    kept = hash_password(longest)
    assert is_password(longest, kept)
    for other in (
        longest[:-1],
        longest + ".",
        longest.upper(),
        longest + "." * 1000,
        " " + longest,
    ):
        assert not is_password(other, kept)


@pytest.mark.parametrize(
    ("password", "least", "weakness"),
    [
        ("fourteen chars", LEAST_ALONE, "length"),
        ("seven77", LEAST_WITH_SECOND_FACTOR, "length"),
        ("x" * 257, LEAST_ALONE, "length"),
        ("Password1", LEAST_WITH_SECOND_FACTOR, "leaked"),
        ("aaaaaaaaaaaaaaaaaaa", LEAST_ALONE, "leaked"),
        ("cityofriverside", LEAST_ALONE, "own_word"),
        ("City of Riverside", LEAST_ALONE, "own_word"),
    ],
)
def test_what_is_tried_first_is_refused(password: str, least: int, weakness: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        refuse_weak(password, least, ["City of Riverside"])
    assert refused.value.phrase is not None
    assert refused.value.phrase.key == f"accounts.password_{weakness}"


def test_length_is_all_that_is_asked_of_a_password() -> None:
    refuse_weak("all small letters here", LEAST_ALONE, ["City of Riverside"])
    refuse_weak("密码很长很长很长很长很长很长", LEAST_WITH_SECOND_FACTOR, [])


def test_a_token_finds_its_agency_and_its_digest() -> None:
    token = new_staff_token("abc123")
    read = read_staff_token(token)
    assert read is not None
    assert read.agency_id == "abc123"
    assert read == read_staff_token(token)
    assert token.encode() not in read.digest


@given(st.text(max_size=80))
def test_no_other_text_is_a_token(text: str) -> None:
    assert read_staff_token(text) is None
    assert read_staff_token("") is None
