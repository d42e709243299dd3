from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.privacy.staff.replies import ReplyUnreadable, keep_reply, open_reply


@given(st.binary(max_size=2000), st.text(max_size=50), st.text(max_size=50))
def test_the_caller_s_token_and_key_open_the_reply(reply: bytes, token: str, key: str) -> None:
    assert open_reply(keep_reply(reply, token, key), token, key) == reply


def test_another_token_another_key_or_an_altered_byte_opens_nothing() -> None:
    kept = keep_reply(b"7K3F-9QXM-2TA", "rapport_abc", "first")
    assert b"7K3F" not in kept
    altered = kept[:-1] + bytes([kept[-1] ^ 1])
    for ct, token, key in (
        (kept, "rapport_abd", "first"),
        (kept, "rapport_abc", "second"),
        (altered, "rapport_abc", "first"),
        (kept[:20], "rapport_abc", "first"),
        (b"", "rapport_abc", "first"),
    ):
        with pytest.raises(ReplyUnreadable):
            open_reply(ct, token, key)


def test_the_same_reply_is_never_kept_as_the_same_bytes() -> None:
    assert keep_reply(b"x", "t", "k") != keep_reply(b"x", "t", "k")
