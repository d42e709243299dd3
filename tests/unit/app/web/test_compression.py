from __future__ import annotations

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.compression import accepts_gzip, compress, deflate_head


@given(st.binary(max_size=5000), st.binary(max_size=500))
def test_a_shared_head_and_a_rest_make_one_gzip_stream(head: bytes, rest: bytes) -> None:
    assert gzip.decompress(deflate_head(head).followed_by(rest)) == head + rest


def test_one_head_serves_many_rests() -> None:
    head = deflate_head(b"<p>the same for all</p>" * 500)
    for rest in (b"", b"one", b"x" * 65535):
        assert gzip.decompress(head.followed_by(rest)) == head.plain + rest
    assert len(head.deflated) < 200


def test_a_rest_too_long_to_be_stored_in_one_block_is_refused() -> None:
    with pytest.raises(ValueError, match="65536 bytes"):
        deflate_head(b"head").followed_by(b"x" * 65536)


def test_the_same_page_compresses_to_the_same_bytes() -> None:
    assert compress(b"page" * 100) == compress(b"page" * 100)
    assert gzip.decompress(compress(b"page" * 100)) == b"page" * 100


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip, deflate, br", True),
        ("br;q=1.0, gzip;q=0.8", True),
        ("GZIP", True),
        ("*", True),
        ("", False),
        ("identity", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0", False),
        ("x-gzip-like", False),
    ],
)
def test_gzip_goes_only_to_those_who_ask_for_it(header: str, accepted: bool) -> None:  # noqa: FBT001 - a table
    assert accepts_gzip(header) is accepted
