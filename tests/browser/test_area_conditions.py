"""Conditions on the area: Python, style and script agree, as buttons, as a list, and left out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jinja2 import Environment, StrictUndefined
from playwright.sync_api import Browser, Page

from app.instruments.routing import hiding_css
from app.instruments.sheet import decode_sheet
from app.questions.contract import AreaChoice
from app.questions.rendering import question_loader, render_question
from tests.browser.conftest import PATIENCE, Site
from tests.surveys.area_branching_cases import CASES, FIXED
from tests.surveys.branching_cases import Form
from tests.surveys.read import read

pytestmark = pytest.mark.browser

SURVEY = read("area_branching")
CONDITIONAL = [q.id for q in SURVEY.questions if q.show_if is not None]
AS_BUTTONS, AS_LIST = 3, 14
FILL = """form => {
    for (const input of document.querySelectorAll('#sheet input'))
        input.checked = (form[input.name] || []).includes(input.value);
    document.querySelector('#sheet input').dispatchEvent(new Event('change', {bubbles: true}));
}"""
SHOWN = """names => names.filter(name => {
    const question = document.getElementById('q-' + name);
    return question && !question.hidden;
})"""


def some_areas(count: int) -> tuple[AreaChoice, ...]:
    return tuple(AreaChoice(code, {"en": f"Area {code}"}) for code in range(1, count + 1))


def html(form: Form, areas: int, *, is_fixed: bool = False) -> str:
    templates = Environment(loader=question_loader(), autoescape=True, undefined=StrictUndefined)
    context = SURVEY.page_context("en", some_areas(areas), {})
    questions = "".join(
        render_question(templates, question, context, form)
        for question in SURVEY.questions
        if not (is_fixed and question.names_place)
    )
    style = hiding_css(SURVEY, "baseline")
    return f"<!doctype html><style>{style}</style><form>{questions}</form>"


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with browser.new_context(java_script_enabled=False) as context:
        context.set_default_timeout(PATIENCE)
        yield context.new_page()


def shown(page: Page) -> set[str]:
    return {name for name in CONDITIONAL if page.locator(f"#q-{name}").is_visible()}


@pytest.mark.parametrize("areas", [AS_BUTTONS, AS_LIST])
@pytest.mark.parametrize(("form", "expected"), CASES.values(), ids=CASES)
def test_the_style_shows_what_python_asks(
    page: Page, form: Form, expected: set[str], areas: int
) -> None:
    page.set_content(html(form, areas))
    assert page.locator("select").count() == (areas == AS_LIST)
    assert shown(page) == expected
    answers = decode_sheet(SURVEY, form, "baseline", some_areas(areas)).answers
    assert {name for name in CONDITIONAL if answers[name] != -4} == expected


@pytest.mark.parametrize(("form", "expected"), FIXED.values(), ids=FIXED)
def test_the_style_shows_it_too_where_the_area_is_known(
    page: Page, form: Form, expected: set[str]
) -> None:
    page.set_content(html(form, AS_BUTTONS, is_fixed=True))
    assert shown(page) == expected
    known = decode_sheet(SURVEY, {**form, "area": ["2"]}, "baseline", some_areas(3)).answers
    assert {name for name in CONDITIONAL if known[name] != -4} - {"area"} == expected


@pytest.mark.parametrize("area_code", [None, 2])
def test_the_script_shows_it_on_the_page_itself(
    site: Site, browser: Browser, area_code: int | None
) -> None:
    cases = CASES if area_code is None else FIXED
    fielded = site.field(instrument=SURVEY, languages=["en"], area_code=area_code)
    with browser.new_context() as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(site.address + fielded.path)
        page.locator(".steps").wait_for()
        for name, (form, expected) in cases.items():
            page.evaluate(FILL, form)
            assert set(page.evaluate(SHOWN, CONDITIONAL)) == expected, name
