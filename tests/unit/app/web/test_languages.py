from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.languages import choose_language

OFFERED = ["en", "es", "ar", "zh-Hant"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", "en"),
        ("ar", "ar"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("fr-CH, fr;q=0.9, ar;q=0.7, en;q=0.5", "ar"),
        ("en;q=0.1, es;q=0.9", "es"),
        ("AR-EG", "ar"),
        ("zh-Hant-TW", "zh-Hant"),
        ("zh", "zh-Hant"),
        ("es;q=0, ar;q=0.2", "ar"),
        ("de, fr", "en"),
        ("es;q=much, ar;q=0.1", "ar"),
        ("*", "en"),
    ],
)
def test_the_language_read_best_is_chosen(header: str, expected: str) -> None:
    assert choose_language(header, OFFERED) == expected


def test_the_first_language_offered_stands_where_nothing_fits() -> None:
    assert choose_language("en", ["vi", "so"]) == "vi"


def test_of_two_variants_the_one_named_is_chosen_before_the_first() -> None:
    assert choose_language("pt-PT", ["pt-BR", "pt-PT"]) == "pt-PT"
    assert choose_language("pt", ["pt-BR", "pt-PT"]) == "pt-BR"


@given(st.text())
def test_any_header_leads_to_an_offered_language(header: str) -> None:
    assert choose_language(header, OFFERED) in OFFERED
