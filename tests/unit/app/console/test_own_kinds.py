"""Whoever adds a question chooses its kind by words, never by the name that files know it by."""

from __future__ import annotations

from pathlib import Path

from app.console import instruments
from app.instruments.library.editing import own_kinds
from app.web.locales import read_room_locales


def test_each_kind_that_staff_can_add_has_its_words_in_each_of_their_languages() -> None:
    locales = read_room_locales(Path(instruments.__file__).parent / "locale")
    assert set(locales) == {"en", "es"}
    for language, locale in locales.items():
        named = {key for key in locale.texts if key.startswith("own_kind_")} - {"own_kind_hint"}
        assert named == {f"own_kind_{kind}" for kind, _ in own_kinds()}, language
