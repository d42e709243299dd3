"""Every key of a plan is explained, none is invented, and the example is a plan."""

from __future__ import annotations

import re

import yaml

from analysis.design import LONELY_PSU
from analysis.plan import _FIXED, _KEYS, read_plan
from analysis.variance import VARIANCES
from analysis.weighting.margins import UNITS
from analysis.weighting.planned import _KEYS as WEIGHTING_KEYS
from app.instruments.codebook import build_codebook
from app.instruments.load import load_instrument_file
from tests.architecture.documents.pages import page
from tests.architecture.source import ROOT

PAGE = page("docs/plan.md")


def explained(text: str) -> set[str]:
    """Keys that have a row of their own."""
    return set(re.findall(r"^\| `(\w+)` \| [^|\s]", text, re.MULTILINE))


def test_every_key_has_a_row_and_every_row_is_a_key() -> None:
    assert explained(PAGE.text) == {*_KEYS, *WEIGHTING_KEYS}


def test_every_choice_is_named() -> None:
    for choice in (*LONELY_PSU, *VARIANCES, *UNITS, *map(str, _FIXED.values())):
        assert f"`{choice}`" in PAGE.text


def test_the_example_is_a_plan_for_the_questionnaire_that_ships() -> None:
    codebook = build_codebook(load_instrument_file(ROOT / "surveys/core_trust.yaml"), "follow_up")
    (example,) = (body for language, body in PAGE.code() if language == "yaml")
    plan = read_plan(yaml.safe_load(example), codebook)
    assert plan.weighting is not None
    assert plan.confirmatory_subgroups == ("gender",)


def test_a_planted_row_is_caught() -> None:
    assert explained(PAGE.text + "| `primry` | what leads |\n") - explained(PAGE.text) == {"primry"}
