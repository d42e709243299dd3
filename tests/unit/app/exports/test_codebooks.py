"""Each form of the codebook tells every column and every code, in the language asked for."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest
from lxml import etree

from analysis.codebook import Codebook
from app.exports.catalogue import DOWNLOADS
from app.exports.codebooks import CODEBOOKS
from app.exports.codebooks.ddi import NAMESPACE
from tests.factories import instrument_from
from tests.unit.app.exports.payloads import PAYLOADS
from tests.unit.app.exports.tables import codebook_of, with_labels
from tests.unit.app.exports.test_text_cells import is_live

DDI: Final = f"{{{NAMESPACE}}}"
LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
SHIPPED: Final = sorted(Path("surveys").glob("*.yaml"))
SCHEMA: Final = Path(__file__).with_name("ddi_codebook_2_5.rng")


def _told(codebook: Codebook, language: str) -> set[str]:
    return {
        text.get(language, text["en"])
        for variable in codebook.variables
        for text in (variable.text, *(c.label for c in variable.categories))
    }


def test_the_index_writes_what_the_catalogue_offers() -> None:
    offered = {d.kind for d in DOWNLOADS if d.of == "wave" and not d.has_answers}
    assert offered == CODEBOOKS.keys()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("kind", CODEBOOKS)
def test_every_column_and_every_label_is_told(kind: str, language: str) -> None:
    codebook = codebook_of()
    written = CODEBOOKS[kind](codebook, language).decode("utf-8-sig")
    plain = html.unescape(written) if kind != "codebook_csv" else written.replace('""', '"')
    assert [v.id for v in codebook.variables if v.id not in plain] == []
    assert [text for text in _told(codebook, language) if text not in plain] == []


def test_the_page_is_marked_right_to_left_and_lets_no_text_become_markup() -> None:
    written = CODEBOOKS["codebook_html"](codebook_of(), "ar").decode()
    assert '<html lang="ar" dir="rtl">' in written
    sly = with_labels(codebook_of(), ["<script>alert(1)</script>"])
    assert "<script>" not in CODEBOOKS["codebook_html"](sly, "en").decode()


def test_no_payload_is_live_in_the_table() -> None:
    written = CODEBOOKS["codebook_csv"](with_labels(codebook_of(), list(PAYLOADS)), "en")
    rows = csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""))
    numbers = {str(-code) for code in range(1, 5)}
    cells = [cell for row in rows for cell in row]
    assert len(cells) > len(PAYLOADS)
    assert not [cell for cell in cells if is_live(cell) and cell not in numbers]


def _tree(codebook: Codebook, language: str = "en") -> etree._Element:
    return etree.fromstring(CODEBOOKS["codebook_ddi"](codebook, language))


def _faults(root: etree._Element) -> list[str]:
    schema = etree.RelaxNG(etree.parse(SCHEMA))
    schema.validate(root)
    return [str(entry.message) for entry in schema.error_log]


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_the_xml_keeps_to_its_schema(file: Path, language: str) -> None:
    root = _tree(codebook_of(instrument_from(file)), language)
    assert root.get("version") == "2.5"
    assert _faults(root) == []


def test_the_xml_of_sly_labels_keeps_to_its_schema() -> None:
    assert _faults(_tree(with_labels(codebook_of(), [*PAYLOADS, "\x00\x0b\ufffe]]>&<"]))) == []


def _first(root: etree._Element, name: str) -> etree._Element:
    return next(root.iter(DDI + name))


def _take_out(root: etree._Element, parent: str, name: str) -> None:
    _first(root, parent).remove(_first(root, name))


PLANTED: Final[dict[str, Callable[[etree._Element], object]]] = {
    "another version": lambda root: root.set("version", "2.1"),
    "no title": lambda root: _take_out(root, "titlStmt", "titl"),
    "two titles": lambda root: _first(root, "titl").addprevious(deepcopy(_first(root, "titl"))),
    "an unknown element": lambda root: setattr(_first(root, "catValu"), "tag", DDI + "catValue"),
    "an unknown word": lambda root: _first(root, "var").set("nature", "likert"),
    "an unknown attribute": lambda root: _first(root, "var").set("kind", "likert"),
    "another yes": lambda root: _first(root, "catgry").set("missing", "yes"),
    "an empty range": lambda root: _first(root, "invalrng").clear(),
    "a column without a name": lambda root: _first(root, "var").attrib.pop("name"),
    "no language": lambda root: _first(root, "labl").set(LANGUAGE, "in English"),
    "a place that is wrong": lambda root: _first(root, "var").insert(0, _first(root, "varFormat")),
    "a reference to no name": lambda root: _first(root, "varGrp").set("var", "1 2"),
}


@pytest.mark.parametrize("sin", PLANTED)
def test_what_the_schema_does_not_allow_is_caught(sin: str) -> None:
    root = _tree(codebook_of())
    PLANTED[sin](root)
    assert _faults(root)


def test_the_xml_refers_to_columns_that_are_there_and_marks_what_is_missing() -> None:
    codebook = codebook_of()
    root = ET.fromstring(CODEBOOKS["codebook_ddi"](codebook, "en"))  # noqa: S314 - our own
    identifiers = [element.get("ID") for element in root.iter() if element.get("ID")]
    assert len(set(identifiers)) == len(identifiers)
    for group in root.iter(DDI + "varGrp"):
        assert set(str(group.get("var")).split()) <= set(identifiers)
    for variable, element in zip(codebook.variables, root.iter(DDI + "var"), strict=True):
        assert element.get("name") == variable.id
        marked = [
            int(str(told.findtext(DDI + "catValu")))
            for told in element.iter(DDI + "catgry")
            if told.get("missing") == "Y"
        ]
        assert marked == [c.code for c in variable.categories if c.is_missing]
