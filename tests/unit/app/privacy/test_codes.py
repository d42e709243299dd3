from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.codes import CODE_CHARACTERS, CodeTags, new_code, read_code, spell_code
from app.privacy.identifiers import CROCKFORD
from app.privacy.web_keys import WebKeyStore

ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
WIDE = {sign: sign + 0xFEE0 for sign in b"0123456789ABCDEF-"}  # as Japanese keyboards type them

codes = st.builds(new_code)


def web_keys(folder: Path) -> WebKeyStore:
    return WebKeyStore(folder / "web-keys", folder / "secrets" / "web-master")


def test_codes_differ_and_use_no_sign_that_eyes_confuse() -> None:
    made = {new_code() for _ in range(2000)}
    assert len(made) == 2000
    assert {len(code) for code in made} == {CODE_CHARACTERS}
    assert set("".join(made)) == set(CROCKFORD)


@given(codes)
def test_a_code_is_read_however_it_is_typed(code: str) -> None:
    card = spell_code(code)
    assert (card[4], card[9], len(card)) == ("-", "-", CODE_CHARACTERS + 2)
    for typed in (
        card,
        code,
        card.lower(),
        f"  {card} ",
        card.replace("-", " "),
        card.replace("-", "\N{EN DASH}"),
        card.replace("0", "O").replace("1", "l"),
        card.replace("0", "o").replace("1", "I"),
        card.translate(ARABIC_DIGITS),
        card.translate(WIDE),
        "\N{RIGHT-TO-LEFT MARK}" + card + "\N{RIGHT-TO-LEFT MARK}",
    ):
        assert read_code(typed) == code


@given(codes, st.integers(0, CODE_CHARACTERS - 1), st.sampled_from(CROCKFORD))
def test_one_wrong_sign_is_always_noticed(code: str, place: int, sign: str) -> None:
    other = code[:place] + sign + code[place + 1 :]
    assert read_code(other) == (code if sign == code[place] else None)


@given(codes)
def test_two_signs_that_changed_places_are_always_noticed(code: str) -> None:
    for one, other in itertools.combinations(range(CODE_CHARACTERS), 2):
        signs = list(code)
        signs[one], signs[other] = signs[other], signs[one]
        if signs[one] != signs[other]:
            assert read_code("".join(signs)) is None


@given(st.text())
def test_no_text_breaks_the_reading(typed: str) -> None:
    assert read_code(typed) is None or len(read_code(typed) or "") == CODE_CHARACTERS


@pytest.mark.parametrize("typed", ["", " ", "-" * 20, "u" * 11, "0" * 10, "0" * 12, "0" * 1000])
def test_what_is_no_code_is_told_so(typed: str) -> None:
    assert read_code(typed) is None


def test_a_tag_belongs_to_one_code_one_collector_and_one_wave(tmp_path: Path) -> None:
    tags = CodeTags(web_keys(tmp_path))
    places = [("wave1", "one"), ("wave1", "other"), ("wave2", "one")]
    codes = [new_code() for _ in range(20)]
    found = {tags.tag(*place, code) for place in places for code in codes}
    assert len(found) == 60
    assert tags.tag("wave1", "one", codes[0]) == CodeTags(web_keys(tmp_path)).tag(
        "wave1", "one", codes[0]
    )
    assert not any(code.encode() in tag for tag in found for code in codes)


def test_without_the_key_of_its_wave_a_tag_is_worthless(tmp_path: Path) -> None:
    """The key is destroyed once the wave has ended; nobody can try codes against the tags then."""
    keys, code = web_keys(tmp_path), new_code()
    before = CodeTags(keys).tag("wave1", "one", code)
    keys.destroy_wave_keys("wave1")
    keys.destroy_wave_keys("wave1")
    assert not list((tmp_path / "web-keys").glob("ledger-*"))
    assert CodeTags(keys).tag("wave1", "one", code) != before
