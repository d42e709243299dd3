from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import BadInput
from app.web.forms import FORM_TYPE, MOST_FIELDS, read_form, whole_number

NAMES = st.text(min_size=1)
FORMS = st.dictionaries(NAMES, st.lists(st.text(), min_size=1, max_size=3), max_size=5)


@given(FORMS)
def test_what_a_browser_sends_is_read_back_whole(form: dict[str, list[str]]) -> None:
    body = urlencode(form, doseq=True).encode()
    assert read_form(body, f"{FORM_TYPE}; charset=utf-8") == form


@given(st.text("ab=&+%25c3a9;", max_size=30))
def test_a_body_says_what_the_standard_library_reads_in_it(text: str) -> None:
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(BadInput):
            read_form(text.encode(), FORM_TYPE)
        return
    form = read_form(text.encode(), FORM_TYPE)
    assert form == {name: [v for n, v in pairs if n == name] for name, _ in pairs}


@given(st.binary())
def test_any_body_is_read_or_refused(body: bytes) -> None:
    try:
        form = read_form(body, FORM_TYPE)
    except BadInput:
        return
    assert all(isinstance(value, str) for values in form.values() for value in values)


@pytest.mark.parametrize("body", [b"t1=%ff", b"t1=\xc3\xa9", b"%80=1", b"t1=%ed%a0%80"])
def test_what_is_not_utf_8_is_refused(body: bytes) -> None:
    with pytest.raises(BadInput, match="UTF-8"):
        read_form(body, FORM_TYPE)


def test_too_many_fields_are_refused_and_just_enough_are_read() -> None:
    assert len(read_form(b"a=1&" * (MOST_FIELDS - 1) + b"a=1", FORM_TYPE)["a"]) == MOST_FIELDS
    with pytest.raises(BadInput, match=str(MOST_FIELDS)):
        read_form(b"a=1&" * MOST_FIELDS + b"a=1", FORM_TYPE)


@pytest.mark.parametrize("kind", ["", "application/json", "multipart/form-data; boundary=x"])
def test_only_forms_are_read(kind: str) -> None:
    with pytest.raises(BadInput, match=FORM_TYPE):
        read_form(b"t1=1", kind)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        *[(" 12 ", 12), ("0", 0), ("٣", 3), ("9" * 9, 10**9 - 1)],
        *[("", None), ("-1", None), ("1.5", None), ("twelve", None)],
        *[("9" * 10, 10**9), ("9" * 5000, 10**9)],
    ],
)
def test_a_whole_number_is_read_however_long_it_is(typed: str, number: int | None) -> None:
    assert whole_number(typed) == number
