"""Every picture in files of its own."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from typing import Final
from xml.etree import ElementTree as ET

from app.reports.formats.blocks import pictures_in, report_blocks
from app.reports.formats.pictures import write
from app.reports.reading import read_report
from app.reports.reading.shown_instrument import Facts
from tests.unit.app.reports.documents import released

PNG: Final = b"\x89PNG\r\n\x1a\n"
SVG: Final = "{http://www.w3.org/2000/svg}"


@cache
def files() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(write(released(), Facts(), "en"))) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def test_every_picture_of_the_report_is_there_twice() -> None:
    ids = [one.words.id for one in pictures_in(report_blocks(read_report(released())))]
    assert len(ids) == len(set(ids)) > 10
    assert {*files()} == {"report.txt", *(f"{i}.{end}" for i in ids for end in ("png", "svg"))}
    assert all(made.startswith(PNG) for name, made in files().items() if name.endswith("png"))


def test_an_svg_needs_nothing_from_elsewhere() -> None:
    for name, made in files().items():
        if name.endswith("svg"):
            picture = ET.fromstring(made)  # noqa: S314 - made by ourselves
            assert picture.get("width") == "660"
            assert "%" not in "".join(v for part in picture.iter() for v in part.attrib.values())
            assert "var(" not in (picture.findtext(f"{SVG}style") or "")
            assert picture.findtext(f"{SVG}title")


def test_the_same_report_is_the_same_file() -> None:
    assert write(released(), Facts(), "es") == write(released(), Facts(), "es")
