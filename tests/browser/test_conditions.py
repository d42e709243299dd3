"""The CSS that hides questions, and the script, agree with Python on one table of cases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jinja2 import Environment, StrictUndefined
from playwright.sync_api import Browser, Page

from app.instruments.routing import hiding_css
from app.questions.rendering import question_loader, render_question
from tests.browser.conftest import PATIENCE, Site
from tests.surveys.branching_cases import CASES, Form
from tests.surveys.read import read

pytestmark = pytest.mark.browser

BRANCHING = read("branching")


def html(form: Form) -> str:
    templates = Environment(loader=question_loader(), autoescape=True, undefined=StrictUndefined)
    context = BRANCHING.page_context("en", (), {})
    questions = "".join(
        render_question(templates, question, context, form) for question in BRANCHING.questions
    )
    style = hiding_css(BRANCHING, "baseline")
    return f"<!doctype html><style>{style}</style><form>{questions}</form>"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(java_script_enabled=False) as context:
        context.set_default_timeout(PATIENCE)
        yield context.new_page()


def shown(page: Page) -> set[str]:
    conditional = [q.id for q in BRANCHING.questions if q.show_if is not None]
    return {name for name in conditional if page.locator(f"#q-{name}").is_visible()}


@pytest.mark.parametrize(("form", "expected"), CASES.values(), ids=CASES)
def test_without_script_the_page_shows_what_python_would_ask(
    page: Page, form: Form, expected: set[str]
) -> None:
    page.set_content(html(form))
    assert shown(page) == expected


def test_a_question_appears_as_soon_as_its_answer_is_chosen(page: Page) -> None:
    page.set_content(html({}))
    assert "either" not in shown(page)
    page.locator('[name="met"][value="1"]').check()
    assert "either" in shown(page)
    page.locator('[name="met"][value="2"]').check()
    assert "either" not in shown(page)


CHOOSE = """form => {
    for (const input of document.querySelectorAll('#sheet input'))
        input.checked = (form[input.name] || []).includes(input.value);
    document.querySelector('#sheet input').dispatchEvent(new Event('change', {bubbles: true}));
}"""
NOT_HIDDEN = "names => names.filter(name => !document.getElementById('q-' + name).hidden)"


@pytest.fixture(scope="module")
def scripted(site: Site, browser: Browser) -> Iterator[Page]:
    with browser.new_context() as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        fielded = site.field(instrument=BRANCHING, languages=["en"])
        page.goto(site.address + fielded.path)
        page.locator(".steps").wait_for()
        yield page


@pytest.mark.parametrize(("form", "expected"), CASES.values(), ids=CASES)
def test_the_script_shows_what_python_would_ask(
    scripted: Page, form: Form, expected: set[str]
) -> None:
    scripted.evaluate(CHOOSE, form)
    conditional = [q.id for q in BRANCHING.questions if q.show_if is not None]
    assert set(scripted.evaluate(NOT_HIDDEN, conditional)) == expected
