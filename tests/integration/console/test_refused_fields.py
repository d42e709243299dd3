"""A refusal that is about one field leads to it: the field is there, and so is the refusal."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

import app.console
import app.errors
from app.console.fields import FIELDS
from tests.integration.accounts.people import Owner
from tests.integration.accounts.staff_site import Browser, enter_enrolled

TEMPLATES = Path(app.console.__file__).parent / "templates"
SENTENCES = Path(app.errors.__file__).parent / "locale" / "en"


def test_each_refusal_and_each_field_is_there() -> None:
    told = {
        f"{path.stem}.{name}"
        for path in SENTENCES.glob("*.yaml")
        for name in yaml.safe_load(path.read_text(encoding="utf-8"))["texts"]
    }
    assert FIELDS.keys() - told == set()
    pages = "".join(path.read_text(encoding="utf-8") for path in TEMPLATES.glob("*.html"))
    ids = set(re.findall(r'\bid="([\w-]+)"', pages))
    written = {f"{name}-en" for name in re.findall(r'texts\("?(\w+)"?, ', pages)}
    in_loops = {"options-en", "mode"}  # id="options-{{ code }}", id="{{ kind }}"
    fields = {field.replace("{lacking}", "en") for field in FIELDS.values()}
    assert fields - ids - written - in_loops == set()


def test_a_refused_form_names_the_field_above_and_what_was_typed_stays(
    browser: Browser, owner: Owner
) -> None:
    enter_enrolled(browser, owner.email)
    typed = {"title.en": "Walking beats", "police_name.en": "the police", "youngest": "eighteen"}
    refused = browser.post("/staff/initiatives/new", typed)
    assert refused.status_code == 422
    above = re.search(r'<p class="problem" id="problem"[^>]*autofocus>.*?</p>', refused.text)
    assert above is not None
    assert '<a href="#youngest">' in above[0]
    assert "<title>Not done: " in refused.text
    assert 'value="eighteen"' in refused.text


def test_a_text_that_one_language_lacks_is_asked_for_in_that_language(
    browser: Browser, owner: Owner
) -> None:
    enter_enrolled(browser, owner.email)
    typed = {"kind": "short_text", "page": "about_you", "text.en": "Why?", "text.es": "¿Por qué?"}
    refused = browser.post("/staff/instruments/pulse/questions", typed)
    assert refused.status_code == 422
    assert '<a href="#text-ar">' in refused.text
