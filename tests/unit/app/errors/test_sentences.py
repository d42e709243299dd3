from __future__ import annotations

import pytest

from app.errors import AppError, BadInput, Conflict, Phrase
from app.errors.sentences import told_of

STATE = Phrase("waves.state_open")


def test_an_error_is_told_in_the_language_asked_for_and_else_in_english() -> None:
    refused = Conflict("reports.not_counted", state=STATE)
    assert str(refused).startswith("A wave of this comparison is open:")
    assert refused.told_in("es").startswith("Una oleada de esta comparación está abierta:")
    assert refused.told_in("vi") == refused.message


def test_a_sentence_of_its_own_is_told_as_it_is() -> None:
    assert AppError("No folder.").told_in("es") == "No folder."


def test_lists_and_words_by_language_fill_a_place() -> None:
    refused = BadInput("waves.no_language", known=["en", STATE])
    assert refused.told_in("es").endswith(": en, abierta.")
    words = {"en": "Nobody came.", "es": "No vino nadie."}
    shown = Conflict("reports.nothing_shown", why=words, allowed=words)
    assert "No vino nadie." in shown.told_in("es")
    assert "Nobody came." in shown.told_in("en")


def test_numbers_take_the_signs_of_the_language() -> None:
    many = BadInput("imports.many_rows", most=20_000)
    assert "20,000 rows" in many.told_in("en")
    assert "20.000 filas" in many.told_in("es")
    version = BadInput("waves.grace", grace="1.5", most=72)
    assert "1.5" in version.told_in("es")


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_is_kept_is_told_as_before(language: str) -> None:
    refused = BadInput("waves.no_language", known=["en", STATE])
    assert told_of(refused.kept, language) == refused.told_in(language)
    words = {"en": "Nobody came.", "es": "No vino nadie."}
    shown = Conflict("reports.nothing_shown", why=words, allowed=words)
    assert told_of(shown.kept, language) == shown.told_in(language)


def test_what_is_kept_of_a_sentence_for_a_terminal_is_said_to_be_english() -> None:
    kept = AppError("No folder.").kept
    assert told_of(kept, "en") == "No folder."
    assert told_of(kept, "es").startswith("Algo de la instalación lo impide.")
    assert "en inglés: «No folder.»" in told_of(kept, "es")


@pytest.mark.parametrize("key", ["waves.was_told_once", "bygones.none", "reports.not_counted"])
def test_what_an_earlier_version_kept_breaks_no_page(key: str) -> None:
    """Its sentence may be gone, the file of its room, or have other places."""
    assert told_of(Phrase(key, was="here").kept(), "es") == key
    within = Phrase("waves.no_language", known=[Phrase(key)])
    assert told_of(within.kept(), "en") == "waves.no_language"


def test_what_fills_no_place_is_an_error_and_no_empty_place() -> None:
    with pytest.raises(KeyError):
        Conflict("reports.not_counted").told_in("en")
