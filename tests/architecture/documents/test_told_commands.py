"""What the pages tell people to type can be typed: the commands, their options, the make targets.

The runbook is read in bad moments: what it says one will see is what the program says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from app.cli.program import program
from app.settings import WorkerSettings
from tests.architecture.documents.pages import CODE, Page, page, pages
from tests.architecture.source import ROOT

RUNBOOK: Final = "docs/runbook.md"
INLINE: Final = re.compile(r"`([^`\n]+)`")
OURS: Final = re.compile(
    r"(?:^|[;&|(] *|\$ )(?:\.venv/bin/)?rapport +(.+)"
    r"|docker compose (?:run|exec)(?: --?[\w-]+)* (?:web|worker|migrate) +(?:rapport +)?(.+)"
)
MAKE: Final = re.compile(r"(?:^|[;&|] *|\$ )make +([a-z][a-z-]*)")
OPTION: Final = re.compile(r"^--[a-z][a-z-]*")
METRIC: Final = re.compile(r"`(rapport_[a-z_]+)`")
SETTING: Final = re.compile(r"\bRAPPORT_[A-Z_]+\b")
# Read by compose and by the program's own top, so no process has them as a setting.
OTHER_VARIABLES: Final = {"RAPPORT_SITE", "RAPPORT_TRACEBACK"}


def typed(of: Page) -> Iterator[str]:
    """Each line of a code block, and each inline code."""
    for _, body in of.code():
        yield from body.replace("\\\n", " ").splitlines()
    yield from INLINE.findall(CODE.sub("", of.text))


def commands(of: Page) -> Iterator[list[str]]:
    """The words after `rapport`, without what the shell does with the outcome."""
    for line in typed(of):
        if found := OURS.search(line.partition(" #")[0]):
            yield re.split(r"\s*(?:[|>&;)]|$)", found[1] or found[2])[0].split()


def fault(words: Sequence[str]) -> str:
    """Empty where the program knows the command and each option."""
    here, rest = get_command(program), list(words)
    while isinstance(here, TyperGroup) and rest:
        word = rest.pop(0).strip(",")
        if word == "--help" or word.isupper():
            return ""
        if word not in here.commands:
            return f"`rapport {' '.join(words)}`: there is no {word}"
        here = here.commands[word]
    known = {name for parameter in here.params for name in parameter.opts} | {"--help"}
    asked = [found[0] for word in rest if (found := OPTION.match(word))]
    return "".join(f"`rapport {' '.join(words)}`: no {o}" for o in asked if o not in known)


@cache
def _source() -> str:
    files = [*(ROOT / "app").rglob("*.py"), *(ROOT / "app").rglob("*.yaml")]
    return " ".join(" ".join(file.read_text("utf-8").split()) for file in files)


def unseen(of: Page) -> list[str]:
    """Of the runbook's first column, what stands in code or quotes and nowhere in the program."""
    rows = re.findall(r"^\| (?!you see|---)(.+?) \|", of.text, re.MULTILINE)
    quoted = [q for row in rows for q in re.findall(r'"([^"]+)"|`([^`]+)`', row)]
    parts = [part for pair in quoted for part in re.split(r"…|: ", pair[0] or pair[1])]
    return [
        part
        for part in (p.strip(" ,/") for p in parts)
        if part and not part.startswith("rapport ") and part not in _source()
    ]


@pytest.mark.parametrize("of", pages(), ids=lambda p: p.name)
def test_every_command_that_a_page_tells_can_be_typed(of: Page) -> None:
    assert [told for words in commands(of) if (told := fault(words))] == []
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    asked = {found[1] for line in typed(of) if (found := MAKE.search(line))}
    assert asked <= targets
    settings = {f"RAPPORT_{name.upper()}" for name in WorkerSettings.model_fields}
    from_shells = {name for name in SETTING.findall(of.text) if name.startswith("RAPPORT_JOURNEY")}
    in_env = set(SETTING.findall((ROOT / ".env.example").read_text("utf-8")))
    named = set(SETTING.findall(of.text)) - from_shells
    assert named <= settings | in_env | OTHER_VARIABLES


def test_the_pages_tell_many_commands() -> None:
    assert sum(1 for of in pages() for _ in commands(of)) > 60
    assert sum(1 for _ in commands(page(RUNBOOK))) >= 8


def test_what_the_runbook_says_one_sees_is_what_the_program_says() -> None:
    assert unseen(page(RUNBOOK)) == []
    metrics = set(METRIC.findall(page(RUNBOOK).text))
    assert len(metrics) >= 6
    assert [name for name in metrics if f'"{name.removesuffix("_total")}' not in _source()] == []


@pytest.mark.parametrize(
    "planted",
    [
        "`rapport dance`",
        "`rapport audit sing`",
        "`rapport restore FILE --chekc`",
        "```\n.venv/bin/rapport restore FILE --into x\n```",
        "```console\n$ cd x && rapport dance\n```",
        "`docker compose exec web rapport codes --wish`",
        "`docker compose run --rm web create-onwer`",
    ],
)
def test_a_planted_command_that_is_none_is_caught(planted: str) -> None:
    assert any(fault(words) for words in commands(Page(ROOT / "x.md", planted)))


def test_a_planted_message_that_nobody_says_is_caught() -> None:
    assert unseen(Page(ROOT / "x.md", "| `the moon is full` | it means | do |\n"))
