from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput
from app.initiatives.logo import MOST_FILE_BYTES, MOST_WIDTH, read_logo

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + kind
        + content
        + struct.pack(">I", zlib.crc32(kind + content))
    )


def png(
    width: int = 8,
    height: int = 4,
    *,
    pixels: bytes | None = None,
    more: bytes = b"",
    ilace: int = 0,
) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, ilace)
    rows = b"".join(b"\0" + bytes([7, 80, 90]) * width for _ in range(height))
    packed = zlib.compress(rows if pixels is None else pixels)
    return SIGNATURE + chunk(b"IHDR", header) + more + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def test_only_pixels_survive() -> None:
    secret = chunk(b"tEXt", b"Author\0Officer Smith") + chunk(b"eXIf", b"GPS 40.1,-80.2")
    logo = read_logo(png(more=secret) + b"<script>alert(1)</script>")
    assert (logo.width, logo.height) == (8, 4)
    assert b"Smith" not in logo.picture
    assert b"GPS" not in logo.picture
    assert b"script" not in logo.picture
    assert read_logo(logo.picture) == logo


@pytest.mark.parametrize(
    ("file", "told"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "it is no PNG file"),
        (b"\xff\xd8\xff\xe0 a photograph", "it is no PNG file"),
        (png()[:40], "damaged"),
        (png().replace(b"IDAT", b"IDAX"), "damaged"),
        (SIGNATURE + chunk(b"IEND", b""), "damaged"),
        (png(pixels=b"\0" * 20_000_000), "damaged"),
        (png(pixels=b"\x09" + b"\0" * 24), "damaged"),
        (png(MOST_WIDTH + 1, 1), "641 by 1 pixels"),
        (png(ilace=1), "interlaced"),
        (b"x" * (MOST_FILE_BYTES + 1), "more than 48 KiB"),
    ],
)
def test_anything_else_is_refused_with_what_to_do(file: bytes, told: str) -> None:
    with pytest.raises(BadInput, match=told) as refused:
        read_logo(file)
    assert "Save it as a plain PNG" in refused.value.message


@given(st.binary(max_size=300), st.integers(min_value=0, max_value=80))
def test_a_broken_file_never_breaks_the_reader(noise: bytes, place: int) -> None:
    file = png()
    for broken in (SIGNATURE + noise, file[:place] + noise + file[place + len(noise) :]):
        try:
            read_logo(broken)
        except BadInput:
            continue
