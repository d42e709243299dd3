"""The codebook as DDI-Codebook 2.5, the form that data archives take.

Order and names of the elements are those of the standard's schema, codebook.xsd of version 2.5.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from xml.etree import ElementTree as ET

from analysis.codebook import Codebook, Scale, Text, Variable

NAMESPACE: Final = "ddi:codebook:2_5"
VERSION: Final = "2.5"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_NATURES: Final[Mapping[str, str]] = {
    "ordinal": "ordinal",
    "nominal": "nominal",
    "binary": "nominal",
    "numeric": "ratio",
}


def write_xml(codebook: Codebook, language: str) -> bytes:
    """All languages of the codebook stand in it; `language` is the one of the document."""
    root = ET.Element(_tag("codeBook"), {"version": VERSION, _LANGUAGE: language})
    _describe_instrument(ET.SubElement(root, _tag("stdyDscr")), codebook, language)
    columns = ET.SubElement(root, _tag("dataDscr"))
    for number, scale in enumerate(codebook.scales, 1):
        _group(columns, f"G{number}", scale)
    for variable in codebook.variables:
        _variable(columns, variable)
    ET.indent(root)
    ET.register_namespace("", NAMESPACE)  # the whole program's: a picture may have named its own
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _describe_instrument(parent: ET.Element, codebook: Codebook, language: str) -> None:
    citation = ET.SubElement(parent, _tag("citation"))
    titles = ET.SubElement(citation, _tag("titlStmt"))
    first = language if language in codebook.title else next(iter(codebook.title))
    _text(titles, "titl", first, codebook.title[first])
    for other, title in codebook.title.items():
        if other != first:
            _text(titles, "parTitl", other, title)
    name = f"{codebook.instrument_id}/{codebook.version}/{codebook.content_hash}"
    ET.SubElement(titles, _tag("IDNo"), {"agency": "Rapport"}).text = name


def _group(parent: ET.Element, identifier: str, scale: Scale) -> None:
    group = ET.SubElement(
        parent,
        _tag("varGrp"),
        {
            "ID": identifier,
            "type": "analysis",
            "name": scale.id,
            "var": " ".join(map(_identifier, scale.items)),
        },
    )
    _texts(group, "labl", scale.title)
    rule = f"Mean of the valid answers when at least {scale.answers_needed()} are given."
    if scale.reverse:
        rule += f" Reversed: {', '.join(scale.reverse)}."
    _text(group, "txt", "en", rule)


def _variable(parent: ET.Element, variable: Variable) -> None:
    element = ET.SubElement(
        parent,
        _tag("var"),
        {
            "ID": _identifier(variable.id),
            "name": variable.id,
            "intrvl": "contin" if variable.level == "numeric" else "discrete",
            "nature": _NATURES[variable.level],
        },
    )
    _texts(element, "labl", variable.text)
    if variable.role != "paradata":
        question = ET.SubElement(element, _tag("qstn"))
        _texts(question, "qstnLit", variable.text)
    _invalid_codes(element, variable)
    for category in variable.categories:
        missing = {"missing": "Y"} if category.is_missing else {}
        told = ET.SubElement(element, _tag("catgry"), missing)
        ET.SubElement(told, _tag("catValu")).text = str(category.code)
        _texts(told, "labl", category.label)
    ET.SubElement(element, _tag("varFormat"), {"type": "numeric"})


def _invalid_codes(parent: ET.Element, variable: Variable) -> None:
    codes = [category.code for category in variable.categories if category.is_missing]
    if codes:
        invalid = ET.SubElement(parent, _tag("invalrng"))
        for code in codes:
            ET.SubElement(invalid, _tag("item"), {"VALUE": str(code)})


def _texts(parent: ET.Element, name: str, text: Text) -> None:
    for language, phrase in text.items():
        _text(parent, name, language, phrase)


def _text(parent: ET.Element, name: str, language: str, phrase: str) -> None:
    ET.SubElement(parent, _tag(name), {_LANGUAGE: language}).text = _legal(phrase)


def _legal(text: str) -> str:
    """Without the controls that no XML may hold."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)


def _identifier(column: str) -> str:
    """An XML name: a letter first, so that a column and a scale never share one."""
    return "V_" + re.sub(r"[^\w.-]", "_", column, flags=re.ASCII)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
