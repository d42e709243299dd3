from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import example, given
from hypothesis import strategies as st

from app.privacy import seal as seal_module
from app.privacy.seal import SealBroken, SealOpener, new_wave_keys, open_sealed, seal

WAVE = "0123456789"
KEYS = new_wave_keys()


def repeated_public_parts(sheets: int) -> int:
    seen = {seal(b"{}", KEYS.public, WAVE)[:32] for _ in range(sheets)}
    return sheets - len(seen)


@given(st.binary(max_size=9000))
def test_what_was_sealed_is_opened(sheet: bytes) -> None:
    assert open_sealed(seal(sheet, KEYS.public, WAVE), KEYS.private, WAVE) == sheet


@given(st.integers(0, 9000))
def test_the_length_of_what_outgrows_its_room_shows_only_in_steps(length: int) -> None:
    ct = seal(b"a" * length, KEYS.public, WAVE)
    assert len(ct) == 32 + 128 * -(-(length + 4) // 128) + 16


@given(st.integers(2, 5000), st.data())
def test_padding_hides_how_much_was_answered(room: int, data: st.DataObject) -> None:
    some = data.draw(st.integers(2, room))
    sealed = [seal(b"x" * n, KEYS.public, WAVE, room=room) for n in (2, some, room)]
    assert len({len(ct) for ct in sealed}) == 1


def test_no_two_sheets_share_a_key() -> None:
    assert repeated_public_parts(5000) == 0


@pytest.mark.proof
def test_no_two_of_a_hundred_thousand_sheets_share_a_key() -> None:
    assert repeated_public_parts(100_000) == 0


def test_a_planted_constant_key_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    constant = X25519PrivateKey.generate()

    class Constant:
        generate = staticmethod(lambda: constant)

    monkeypatch.setattr(seal_module, "X25519PrivateKey", Constant)
    assert repeated_public_parts(50) == 49


def test_the_same_sheet_sealed_twice_shares_no_block() -> None:
    one, other = (seal(b"same", KEYS.public, WAVE) for _ in range(2))
    blocks = [{ct[i : i + 16] for i in range(0, len(ct), 16)} for ct in (one, other)]
    assert not blocks[0] & blocks[1]


def test_a_sheet_moved_to_another_wave_does_not_open() -> None:
    ct = seal(b"sheet", KEYS.public, WAVE)
    with pytest.raises(SealBroken):
        open_sealed(ct, KEYS.private, "9876543210")


def test_another_key_does_not_open() -> None:
    ct = seal(b"sheet", KEYS.public, WAVE)
    with pytest.raises(SealBroken):
        open_sealed(ct, new_wave_keys().private, WAVE)


@given(st.integers(0, 32 + 128 + 16 - 1), st.integers(1, 255))
@example(31, 0x80)  # X25519 ignores this bit (RFC 7748 section 5); the salt does not
def test_a_changed_byte_is_noticed(place: int, change: int) -> None:
    ct = bytearray(seal(b"sheet", KEYS.public, WAVE))
    ct[place] ^= change
    with pytest.raises(SealBroken):
        open_sealed(bytes(ct), KEYS.private, WAVE)


@given(st.binary(max_size=3000))
def test_rubbish_does_not_open(rubbish: bytes) -> None:
    with pytest.raises(SealBroken):
        open_sealed(rubbish, KEYS.private, WAVE)


def test_a_public_part_of_small_order_does_not_open() -> None:
    with pytest.raises(SealBroken):
        open_sealed(bytes(32) + bytes(128 + 16), KEYS.private, WAVE)


def test_the_seal_is_the_one_that_is_written_down() -> None:
    """Opened with the primitives alone, by the formula of the module's docstring."""
    ct = seal(b'{"a":1}', KEYS.public, WAVE)
    fresh_public, rest = ct[:32], ct[32:]
    private = X25519PrivateKey.from_private_bytes(KEYS.private)
    fresh = seal_module.X25519PublicKey.from_public_bytes(fresh_public)
    key = HKDF(SHA256(), 32, salt=fresh_public + KEYS.public, info=b"seal v1").derive(
        private.exchange(fresh)
    )
    plain = ChaCha20Poly1305(key).decrypt(bytes(12), rest, WAVE.encode())
    assert plain == b"\x00\x00\x00\x07" + b'{"a":1}' + bytes(128 - 11)


def test_an_opener_opens_many() -> None:
    opener = SealOpener(KEYS.private, WAVE)
    sheets = [str(n).encode() for n in range(20)]
    assert [opener.open(seal(sheet, KEYS.public, WAVE)) for sheet in sheets] == sheets


def test_keys_do_not_show_their_private_half() -> None:
    assert KEYS.private.hex() not in repr(KEYS)
    assert str(KEYS.private) not in repr(KEYS)
