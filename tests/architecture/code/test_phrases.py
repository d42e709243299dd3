"""Every reason that a document can carry is told in each language, with what fills its holes."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import analysis
from analysis import phrases
from analysis.comparisons.methods import METHODS
from analysis.phrases import TRANSLATED, phrase_in
from analysis.sentences import LANGUAGES

LIBRARY = Path(analysis.__file__).parent
# What an analyst at a shell reads, in no document.
UNTOLD = {"power.py"}
# Questions stand in documents beside the reasons.
WORDS = tuple(method.question for method in METHODS)
HOLE = re.compile(r"\{[^{}]+\}")


def _template(node: ast.expr) -> str | None:
    """The words of a string, each part that is put in as {}."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
        return "".join(map(str, parts))
    return None


def reasons_in(source: str) -> Iterator[str]:
    """What is given to NotEstimable or suppressed as written out, also either side of an if."""
    for node in ast.walk(ast.parse(source)):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
        if not is_call or node.func.id not in {"NotEstimable", "suppressed"}:
            continue
        given = node.args[0]
        choices = (given.body, given.orelse) if isinstance(given, ast.IfExp) else (given,)
        yield from filter(None, map(_template, choices))


def known(language: str) -> set[str]:
    path = Path(phrases.__file__).with_name(f"{language}.json")
    return {HOLE.sub("{}", english) for english in json.loads(path.read_text("utf-8"))["phrases"]}


@cache
def reasons() -> list[str]:
    files = (path for path in LIBRARY.rglob("*.py") if path.name not in UNTOLD)
    return sorted({reason for path in files for reason in reasons_in(path.read_text("utf-8"))})


def test_reasons_are_found_in_the_library() -> None:
    assert "{}: {}" in reasons()
    assert "fewer than {} answers" in reasons()
    assert "one answer only" in reasons()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_reason_and_question_has_its_words(language: str) -> None:
    own = known(language) | {"{}: {}"}
    untold = [reason for reason in reasons() if reason not in own]
    assert [reason for reason in untold if phrase_in(language, reason) == reason] == []
    assert [words for words in WORDS if phrase_in(language, words) == words] == []


def test_a_planted_reason_without_words_is_caught() -> None:
    (planted,) = reasons_in('NotEstimable(f"{n} people fell asleep")')
    assert planted not in known("es")


def test_all_languages_tell_the_same_phrases_with_the_same_holes() -> None:
    assert {"en", *TRANSLATED} == set(LANGUAGES)
    for language in TRANSLATED:
        path = Path(phrases.__file__).with_name(f"{language}.json")
        document = json.loads(path.read_text("utf-8"))
        assert document["status"] == "draft"
        assert document["decimal"] == LANGUAGES[language].decimal
        assert known(language) == known(TRANSLATED[0])
        for english, told in document["phrases"].items():
            assert told
            assert sorted(HOLE.findall(english)) == sorted(HOLE.findall(told)), english


def test_what_fills_a_hole_is_told_in_the_same_language() -> None:
    reason = (
        "the weights are too unequal for a weighted headline (before: a design effect above 3 lets "
        "a few people speak for all; after: every answer is the same)"
    )
    assert phrase_in("es", reason) == (
        "los pesos son demasiado desiguales para un resultado ponderado (antes: un efecto de "
        "diseño mayor que 3 deja que unas pocas personas hablen por todas; después: todas las "
        "respuestas son iguales)"
    )
    assert phrase_in("es", "alpha 0.61 is under 0.70: the items may not measure one thing") == (
        "alfa 0,61 está por debajo de 0,70: quizá las preguntas no midan una sola cosa"
    )


def test_what_nobody_translated_stays_as_it_is() -> None:
    assert phrase_in("es", "the dog ate it") == "the dog ate it"
    assert phrase_in("en", "before: no answer") == "before: no answer"
    assert phrase_in("tlh", "before: no answer") == "before: no answer"
