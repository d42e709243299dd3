"""The format of survey files is explained: each kind of question on a page, each key in a table."""

from __future__ import annotations

import re

import pytest

from app.instruments.load.grids import GRID
from app.instruments.load.typing_errors import _known_keys
from app.questions import KINDS
from app.questions.contract import QuestionBase
from tests.architecture.documents.pages import Page, page, pages
from tests.architecture.source import ROOT

FORMAT = "docs/survey-format.md"
FOLDER = "docs/questions"


def page_of(kind: str) -> Page:
    return page(f"{FOLDER}/{kind}.md")


def rows(text: str) -> set[str]:
    """The keys that open a row of a table."""
    return set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))


def keys_of(kind: str) -> set[str]:
    fields = KINDS[kind].model_fields
    own = fields.keys() - QuestionBase.model_fields.keys() - {"kind"}
    return {fields[name].alias or name for name in own}


def unexplained_keys(texts: str) -> set[str]:
    return {key for key in (*_known_keys(), GRID) if not re.search(rf"`{key}\b[^`]*`", texts)}


def test_every_kind_has_its_page_and_every_page_its_kind() -> None:
    assert {path.stem for path in (ROOT / FOLDER).glob("*.md")} == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_of_a_kind_shows_its_example_and_explains_its_keys(kind: str) -> None:
    told = page_of(kind)
    assert told.text.startswith(f"# {kind}\n")
    assert KINDS[kind].example() in [body for language, body in told.code() if language == "yaml"]
    assert rows(told.text) == keys_of(kind)
    assert "**Stored:**" in told.text


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_of_a_kind_can_be_found_from_the_format(kind: str) -> None:
    assert (kind, f"questions/{kind}.md") in page(FORMAT).links()


def test_what_every_question_has_is_explained_in_one_table() -> None:
    section = page(FORMAT).text.partition("## Questions")[2].partition("###")[0]
    assert rows(section) == {*QuestionBase.model_fields, "kind"}


def test_every_key_of_a_survey_file_is_explained() -> None:
    texts = "\n".join(p.text for p in pages() if p.name.startswith((FORMAT, FOLDER)))
    assert unexplained_keys(texts) == set()


def test_a_planted_key_that_is_not_explained_is_caught() -> None:
    texts = page(FORMAT).text.replace("`min_answered`", "")
    assert "min_answered" in unexplained_keys(texts)
