from __future__ import annotations

import hashlib

from app.privacy.identifiers import CROCKFORD, intake_id, new_agency_key, new_id


def test_ids_are_ten_characters_that_no_eye_confuses() -> None:
    ids = {new_id() for _ in range(2000)}
    assert len(ids) == 2000
    assert {len(each) for each in ids} == {10}
    assert set("".join(ids)) == set(CROCKFORD)
    assert not set("ilou") & set(CROCKFORD)


def test_every_place_of_an_id_takes_every_character() -> None:
    ids = [new_id() for _ in range(2000)]
    assert all({each[place] for each in ids} == set(CROCKFORD) for place in range(10))


def test_agency_keys_are_six_characters() -> None:
    keys = {new_agency_key() for _ in range(200)}
    assert len(keys) == 200
    assert {len(key) for key in keys} == {6}


def test_the_intake_id_is_the_start_of_the_hash_of_the_nonce() -> None:
    nonce = bytes(range(16))
    assert intake_id(nonce) == hashlib.sha256(nonce).digest()[:16]
    assert nonce not in intake_id(nonce)
