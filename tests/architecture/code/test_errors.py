"""What is refused is told in the reader's language: each key has its sentence in every language."""

from __future__ import annotations

import ast
import builtins
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Final

import pytest
import yaml

from app.errors.sentences import FOLDER, LANGUAGES, is_key
from tests.architecture.source import Module, dotted, is_within, module, modules

PHRASE: Final = "Phrase"
# Read by whoever sits at a terminal, or stands in the log of a process: all of it is English.
AT_A_TERMINAL: Final = (
    "app/cli/",
    "app/backups/restoring.py",
    "app/health/",
    "app/migrations.py",
    "app/postgres.py",
    "app/sqlite.py",
    "app/db.py",
    "app/worker.py",
    "app/accounts/mail.py",
    "app/accounts/single_sign_on/provider.py",
    "app/accounts/single_sign_on/asking.py",
    "app/privacy/backup_files/",
    "app/privacy/key_store.py",
    "app/privacy/count_keys.py",
    "app/instruments/translation/",
    "app/instruments/xlsform/",
    "app/exports/bundles/opened.py",
    "app/reports/files.py",
    "app/reports/formats/",
    "app/responses/scrub/",
)
# English on pages still. A file that is mended leaves this list, and none joins it.
STILL_ENGLISH: Final[Mapping[str, str]] = {
    "app/web/error_pages.py": "Starlette's own words for a request that it refuses",
}


@cache
def sentences(language: str) -> dict[str, str]:
    """Each sentence by its key: the name of its file, then its own."""
    return {
        f"{file.stem}.{name}": text
        for file in sorted((FOLDER / language).glob("*.yaml"))
        for name, text in yaml.safe_load(file.read_text("utf-8"))["texts"].items()
    }


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def error_classes(tree: Iterable[Module]) -> set[str]:
    """AppError and what descends from it without words of its own."""
    bases = {
        node.name: ({dotted(base) for base in node.bases}, _has_own_words(node))
        for m in tree
        for node in ast.walk(m.tree)
        if isinstance(node, ast.ClassDef)
    }
    found, known = {"AppError"}, set[str]()
    while found != known:
        known = set(found)
        found |= {name for name, (above, own) in bases.items() if above & known and not own}
    return found


def _has_own_words(node: ast.ClassDef) -> bool:
    return any(isinstance(part, ast.FunctionDef) and part.name == "__init__" for part in node.body)


def tellings(tree: Iterable[Module], classes: set[str]) -> Iterator[tuple[Module, ast.Call]]:
    """Each error and phrase that is made, also by a subclass that brings its own words."""
    for m in tree:
        for node in ast.walk(m.tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = dotted(node.func)
            if name in classes | {PHRASE} or (name == "?.__init__" and _is_telling(node)):
                yield m, node


def _is_telling(node: ast.Call) -> bool:
    told = node.args[0]
    return isinstance(told, ast.Constant) and isinstance(told.value, str) and is_key(told.value)


def told_by(node: ast.expr) -> list[str] | None:
    """The keys that an expression can stand for, `*` for a part of one; None if it shows none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(p.value if isinstance(p, ast.Constant) else "*" for p in node.values)]
    if isinstance(node, ast.IfExp):
        return [*(told_by(node.body) or ()), *(told_by(node.orelse) or ())]
    return None


def _matching(pattern: str) -> list[str]:
    if "*" not in pattern:
        return [pattern] if pattern in sentences("en") else []
    wanted = re.compile(re.escape(pattern).replace(r"\*", "[a-z0-9_]+"))
    return [key for key in sentences("en") if wanted.fullmatch(key)]


def untold(tree: tuple[Module, ...], classes: set[str]) -> list[str]:
    """Errors with bare words, with a key that has no sentence, or whose values do not fit it."""
    found: list[str] = []
    for m, call in tellings(tree, classes):
        given = {keyword.arg for keyword in call.keywords}
        for told in told_by(call.args[0]) or ():
            keys = _matching(told)
            if " " in told or "." not in told:
                found.append(f"{m.at(call)} {told[:60]!r} is no key of app/errors/locale/en and es")
            elif not keys:
                found.append(f"{m.at(call)} {told!r} has no sentence in app/errors/locale/en")
            elif None not in given:
                lacking = [key for key in keys if not places(sentences("en")[key]) <= given]
                found += [f"{m.at(call)} {key!r} needs other values" for key in lacking]
    return found


def keys_in(tree: Iterable[Module]) -> set[str]:
    """Every key that stands in the code, however it reaches an error."""
    patterns = {
        told
        for m in tree
        for node in ast.walk(m.tree)
        if isinstance(node, ast.Constant | ast.JoinedStr)
        for told in told_by(node) or ()
        if is_key(told.replace("*", "x"))
    }
    return {key for pattern in patterns for key in _matching(pattern)}


@cache
def pages() -> tuple[Module, ...]:
    return tuple(m for m in modules("app") if not is_within(m.path, *AT_A_TERMINAL))


@cache
def classes() -> set[str]:
    return error_classes(modules("app"))


def test_every_error_that_a_page_may_show_has_a_sentence_with_its_values() -> None:
    shown = tuple(m for m in pages() if str(m.path) not in STILL_ENGLISH)
    assert untold(shown, classes()) == []


@pytest.mark.parametrize("language", [each for each in LANGUAGES if each != "en"])
def test_every_sentence_stands_in_every_language_with_the_same_places(language: str) -> None:
    source, own = sentences("en"), sentences(language)
    assert source.keys() == own.keys()
    assert [key for key, text in own.items() if places(text) != places(source[key])] == []
    words = {key: re.sub(r"\{[^}]*\}", "", text) for key, text in source.items()}
    same = {key for key in own if own[key] == source[key] and re.search(r"\w \w", words[key])}
    assert same == set()


def test_every_sentence_is_told_by_somebody() -> None:
    assert sentences("en").keys() - keys_in(modules("app")) == set()


def test_what_is_still_english_is_looked_for_where_it_stands() -> None:
    known = {str(m.path) for m in pages()}
    assert STILL_ENGLISH.keys() <= known


@pytest.mark.parametrize(
    "planted",
    [
        'raise BadInput("There is no such wave. Look again.")',
        'raise BadInput(f"There is no wave {wave}.")',
        'raise BadInput("waves.nowhere")',
        'raise BadInput("waves.choose_language")',
        'raise Conflict("waves.none" if x else "There is none.")',
        'Phrase("waves.nowhere")',
    ],
)
def test_planted_bare_words_are_found(planted: str) -> None:
    assert untold((module("app/x.py", planted),), classes())


def test_a_class_of_errors_is_known_by_its_descent() -> None:
    assert {"BadInput", "Conflict", "TooEarly", "PasswordRefused"} <= classes()
    assert not classes() & {name for name in dir(builtins) if name.endswith("Error")}
