from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

WORDS: Final = "I was stopped on Mill Street"
BREAK: Final = f"""
def break_down():
    raise ValueError({WORDS!r})
"""
WAYS_TO_BREAK: Final = {
    "at the end": "break_down()",
    "in a thread": (
        "import threading\n"
        "thread = threading.Thread(target=break_down); thread.start(); thread.join()"
    ),
    "in a task nobody waits for": (
        "import asyncio\n"
        "async def task(): break_down()\n"
        "async def main():\n"
        "    asyncio.get_running_loop().create_task(task())\n"
        "    await asyncio.sleep(0.01)\n"
        "asyncio.run(main())"
    ),
    "in a callback": (
        "import asyncio\n"
        "async def main():\n"
        "    asyncio.get_running_loop().call_soon(break_down)\n"
        "    await asyncio.sleep(0.01)\n"
        "asyncio.run(main())"
    ),
    "while it is cleared away": ("class Thing:\n    def __del__(self): break_down()\nThing()"),
    "in a log": (
        "import logging\n"
        "try: break_down()\n"
        "except ValueError: logging.getLogger('uvicorn.error').exception('Exception in ASGI')"
    ),
}


def said_by(code: str, first: str = "") -> str:
    harden = "from app.cli.process.hardening import harden_process\nharden_process()\n"
    finished = subprocess.run(  # noqa: S603 - this interpreter, and the text above
        [sys.executable, "-c", f"import resource\n{first}\n{harden}{BREAK}{code}"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return finished.stdout + finished.stderr


@pytest.mark.parametrize("way", WAYS_TO_BREAK)
def test_an_error_is_told_by_its_place_and_never_by_its_words(way: str) -> None:
    said = said_by(WAYS_TO_BREAK[way])
    assert "ValueError" in said
    assert "break_down" in said
    assert WORDS not in said


def test_a_plain_interpreter_would_have_told_the_words() -> None:
    finished = subprocess.run(  # noqa: S603 - this interpreter, and the text above
        [sys.executable, "-c", BREAK + WAYS_TO_BREAK["at the end"]],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert WORDS in finished.stderr


def test_no_command_leaves_a_core_dump() -> None:
    """A partner's computer makes keys and opens sheets, an operator's makes codes and restores."""
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    code = (
        "import resource, sys\nfrom app.cli import main\nsys.argv = ['rapport', '--help']\n"
        "try: main()\nexcept SystemExit: print(resource.getrlimit(resource.RLIMIT_CORE))"
    )
    finished = subprocess.run(  # noqa: S603 - this interpreter, and the text above
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    limit = 0 if most == 0 else 1
    assert finished.stdout.splitlines()[-1] == str((limit, limit))


@pytest.mark.parametrize("held_by_others", [False, True])
def test_no_core_dump_can_be_left(tmp_path: Path, *, held_by_others: bool) -> None:
    """Not even piped to a program of the system, which a limit of one byte alone prevents."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    limit = 0 if held_by_others or before[1] == 0 else 1
    first = "resource.setrlimit(resource.RLIMIT_CORE, (0, 0))" if held_by_others else ""
    asked = "print(resource.getrlimit(resource.RLIMIT_CORE), flush=True)"
    said = said_by(f"{asked}; import os; os.chdir({str(tmp_path)!r}); os.abort()", first)
    assert said.splitlines()[0] == str((limit, limit))
    assert list(tmp_path.iterdir()) == []
    assert resource.getrlimit(resource.RLIMIT_CORE) == before
