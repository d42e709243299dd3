from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Final

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.compression import (
    CODINGS,
    Coding,
    choose_coding,
    compress,
    compress_well,
    pack_head,
)

UNPACK: Final[dict[Coding, Callable[[bytes], bytes]]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}
EACH_CODING = pytest.mark.parametrize("coding", CODINGS)


@given(st.binary(max_size=5000), st.binary(max_size=500), st.sampled_from(CODINGS))
def test_a_shared_head_and_a_rest_make_one_stream(head: bytes, rest: bytes, coding: Coding) -> None:
    assert UNPACK[coding](pack_head(head).followed_by(rest, coding)) == head + rest


@EACH_CODING
def test_one_head_serves_many_rests(coding: Coding) -> None:
    head = pack_head(b"<p>the same for all</p>" * 500)
    for rest in (b"", b"1", b"x" * 65535):
        sent = head.followed_by(rest, coding)
        assert UNPACK[coding](sent) == head.plain + rest
        assert len(sent) < len(rest) + 220


@EACH_CODING
def test_a_rest_too_long_to_be_stored_in_one_block_is_refused(coding: Coding) -> None:
    with pytest.raises(ValueError, match="65536 bytes"):
        pack_head(b"head").followed_by(b"x" * 65536, coding)


@EACH_CODING
def test_the_same_page_compresses_to_the_same_bytes(coding: Coding) -> None:
    page = b"page" * 100
    assert compress(page, coding) == compress(page, coding)
    assert UNPACK[coding](compress(page, coding)) == page
    assert UNPACK[coding](compress_well(page)[coding]) == page


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=1.0, gzip;q=0.8", "br"),
        ("BR", "br"),
        ("*", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.0, *", "gzip"),
        ("", None),
        ("identity", None),
        ("gzip;q=0", None),
        ("*;q=0", None),
        ("x-gzip-like, brotli", None),
    ],
)
def test_a_page_is_packed_only_as_the_visitor_can_read_it(
    header: str, coding: Coding | None
) -> None:
    assert choose_coding(header) == coding
