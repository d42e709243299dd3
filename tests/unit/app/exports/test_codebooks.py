"""Each form of the codebook tells every column and every code, in the language asked for."""

from __future__ import annotations

import csv
import html
import io
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from analysis.codebook import Codebook
from app.exports.catalogue import DOWNLOADS
from app.exports.codebooks import CODEBOOKS
from app.exports.codebooks.ddi import NAMESPACE
from tests.unit.app.exports.payloads import PAYLOADS
from tests.unit.app.exports.tables import codebook_of, with_labels
from tests.unit.app.exports.test_text_cells import is_live

DDI: Final = f"{{{NAMESPACE}}}"
# From codebook.xsd of DDI-Codebook 2.5: the children that we write, in the order of their sequence.
SEQUENCES: Final = {
    "codeBook": ["docDscr", "stdyDscr", "fileDscr", "dataDscr", "otherMat"],
    "stdyDscr": ["citation", "studyAuthorization", "stdyInfo", "method", "dataAccs", "notes"],
    "citation": ["titlStmt", "rspStmt", "prodStmt", "distStmt", "verStmt", "notes"],
    "titlStmt": ["titl", "subTitl", "altTitl", "parTitl", "IDNo"],
    "dataDscr": ["varGrp", "nCubeGrp", "var", "nCube", "notes"],
    "varGrp": ["labl", "txt", "concept", "defntn", "universe", "notes"],
    "var": [
        *("location", "labl", "imputation", "security", "embargo", "respUnit", "anlysUnit", "qstn"),
        *("valrng", "invalrng", "undocCod", "universe", "TotlResp", "sumStat", "txt", "stdCatgry"),
        *("catgryGrp", "catgry", "codInstr", "verStmt", "concept", "derivation", "varFormat"),
    ],
    "qstn": ["preQTxt", "qstnLit", "postQTxt", "forward", "backward", "ivuInstr"],
    "invalrng": ["item", "range", "key", "notes"],
    "catgry": ["catValu", "labl", "txt", "catStat", "mrow"],
}
REQUIRED: Final = {"codeBook": ["stdyDscr"], "stdyDscr": ["citation"], "citation": ["titlStmt"]} | {
    "titlStmt": ["titl"]
}
ATTRIBUTES: Final = {
    "var": {"intrvl": {"contin", "discrete"}, "nature": {"nominal", "ordinal", "ratio"}},
    "varGrp": {"type": {"analysis"}},
    "catgry": {"missing": {"Y", "N"}},
    "varFormat": {"type": {"numeric"}},
}


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


def test_the_xml_keeps_to_the_order_and_the_words_of_its_schema() -> None:
    root = ET.fromstring(CODEBOOKS["codebook_ddi"](codebook_of(), "en"))  # noqa: S314 - our own
    assert root.tag == DDI + "codeBook"
    assert root.get("version") == "2.5"
    for element in root.iter():
        name = element.tag.removeprefix(DDI)
        children = [child.tag.removeprefix(DDI) for child in element]
        known = SEQUENCES.get(name, [])
        assert set(children) <= set(known), name
        places = [known.index(child) for child in children]
        assert places == sorted(places), name
        assert set(REQUIRED.get(name, [])) <= set(children)
        for attribute, allowed in ATTRIBUTES.get(name, {}).items():
            assert element.get(attribute, next(iter(allowed))) in allowed


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
