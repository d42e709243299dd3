from __future__ import annotations

import json

import pytest

from app.errors import BadInput
from app.privacy.partner.drill import answer_drill, confirmed_copy, new_drill
from app.privacy.partner.key_file import (
    COPIES,
    new_key_files,
    open_key_file,
    public_part,
    read_public_part,
)
from app.privacy.partner.statements import read_statement, sign_statement
from app.privacy.seal import SealBroken, open_sealed, seal

PASSPHRASE = "caf\N{LATIN SMALL LETTER E WITH ACUTE} by the old mill"
WAVE = "0123456789"


@pytest.fixture(scope="module")
def files() -> dict[int, str]:
    return new_key_files(PASSPHRASE)


def test_each_copy_opens_what_was_sealed_to_the_public_part(files: dict[int, str]) -> None:
    public, statement_key = read_public_part(json.dumps(public_part(files[1])))
    for copy in COPIES:
        key = open_key_file(files[copy], "cafe\N{COMBINING ACUTE ACCENT} by the old mill")
        assert (key.copy, key.public, key.statement_public) == (copy, public, statement_key)
        assert open_sealed(seal(b"a sheet", public, WAVE), key.private, WAVE) == b"a sheet"


def test_a_file_opens_with_its_passphrase_alone_and_only_whole(files: dict[int, str]) -> None:
    with pytest.raises(BadInput, match="passphrase"):
        open_key_file(files[1], PASSPHRASE + "s")
    with pytest.raises(BadInput, match="at least 15"):
        new_key_files("too short")
    renumbered = files[1].replace('"copy": 1', '"copy": 2')
    with pytest.raises(BadInput, match="altered"):
        open_key_file(renumbered, PASSPHRASE)
    for content in ("", "{}", files[1][:-20], files[1].replace('"copy": 1', '"copy": 3')):
        with pytest.raises(BadInput, match="not a whole key file"):
            open_key_file(content, PASSPHRASE)


def test_neither_key_nor_passphrase_stands_in_a_file_or_is_shown(files: dict[int, str]) -> None:
    key = open_key_file(files[1], PASSPHRASE)
    for shown in (*files.values(), repr(key), json.dumps(public_part(files[1]))):
        assert key.private.hex() not in shown
        assert PASSPHRASE not in shown


def test_a_drill_is_answered_by_each_copy_with_its_own_words(files: dict[int, str]) -> None:
    first, second = (open_key_file(files[copy], PASSPHRASE) for copy in COPIES)
    drill = new_drill(first.public, WAVE)
    answers = [answer_drill(key, drill.challenge, WAVE) for key in (first, second)]
    assert [confirmed_copy(drill.answers, answer) for answer in answers] == [1, 2]
    spelled = answers[0].lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert confirmed_copy(drill.answers, spelled) == 1
    for wrong in ("", answers[0][:-1], answers[0] + "0"):
        assert confirmed_copy(drill.answers, wrong) is None
    with pytest.raises(SealBroken):
        answer_drill(first, drill.challenge, WAVE[::-1])


def test_a_challenge_is_no_sheet_of_the_wave(files: dict[int, str]) -> None:
    key = open_key_file(files[1], PASSPHRASE)
    with pytest.raises(SealBroken):
        open_sealed(new_drill(key.public, WAVE).challenge, key.private, WAVE)


def test_a_statement_is_its_holders_word_for_word(files: dict[int, str]) -> None:
    key = open_key_file(files[1], PASSPHRASE)
    signed = sign_statement(key, {"copies": [1, 2], "on": "2026-11-21"})
    assert read_statement(signed, key.statement_public)["copies"] == [1, 2]
    other = open_key_file(new_key_files(PASSPHRASE)[1], PASSPHRASE)
    for text, by in (
        (signed, other.statement_public),
        (signed.replace("2026", "2025"), key.statement_public),
    ):
        with pytest.raises(BadInput, match="not signed by the key"):
            read_statement(text, by)
    for text in ("", "[]", "{}", signed[:-5], '{"statement": 1, "signature": "00"}'):
        with pytest.raises(BadInput, match="no signed statement"):
            read_statement(text, key.statement_public)
