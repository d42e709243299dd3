"""Plants mistakes in the estimators and tells which ones no test notices.

python -m tests.mutation [FILE ...]
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.machinery import ModuleSpec
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from tests.mutation.explained import EXPLAINED
from tests.mutation.mutants import Mutant, mutants_of

_UNIT: Final = "tests/unit/analysis"
_BY_HAND: Final = (f"{_UNIT}/test_variance_by_hand.py", f"{_UNIT}/test_variance.py")
_R: Final = ("tests/golden/test_two_waves.py", "tests/golden/test_designs.py")
# Each file of the core with the tests that are quickest to notice: a mutant dies at the first.
CORE: Final[Mapping[str, tuple[str, ...]]] = {
    "analysis/influence.py": (*_BY_HAND, *_R, f"{_UNIT}/test_core_limits.py"),
    "analysis/variance/taylor.py": (*_BY_HAND, *_R),
    "analysis/variance/jackknife.py": (*_BY_HAND, *_R),
    "analysis/estimates/mean.py": (f"{_UNIT}/test_core_limits.py", *_R),
    "analysis/estimates/share.py": (f"{_UNIT}/test_core_limits.py", *_R),
    "analysis/estimates/total.py": (f"{_UNIT}/test_total.py", "tests/golden/test_designs.py"),
    "analysis/comparisons/contrast.py": (f"{_UNIT}/test_core_limits.py", *_R),
    "analysis/comparisons/difference.py": (f"{_UNIT}/test_core_limits.py", *_R),
    "analysis/comparisons/difference_of_means.py": (f"{_UNIT}/test_core_limits.py", *_R),
    "analysis/comparisons/difference_of_shares.py": (f"{_UNIT}/test_core_limits.py", *_R),
    "analysis/comparisons/difference_in_differences.py": (
        f"{_UNIT}/comparisons/test_difference_in_differences.py",
        "tests/golden/test_designs.py",
    ),
}
AT_ONCE: Final = len(os.sched_getaffinity(0))
SECONDS: Final = 240
PRELOADED: Final = ("numpy", "scipy.special", "scipy.stats", "scipy.optimize", "yaml")


class _Planted(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives the mutant in the place of its file."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        self._name = mutant.file.removesuffix(".py").replace("/", ".")

    def find_spec(self, fullname: str, *_: object) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, self._mutant.file, loader=self)

    def exec_module(self, module: ModuleType) -> None:
        code = compile(self._mutant.source, self._mutant.file, "exec")
        exec(code, module.__dict__)  # noqa: S102 - our own file with one mistake


def _try(mutant: Mutant) -> None:
    quiet = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(quiet, stream)
    sys.meta_path.insert(0, _Planted(mutant))
    tests = CORE[mutant.file]
    os._exit(int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--timeout=200", *tests])))


def survivors(mutants: Sequence[Mutant]) -> Iterator[Mutant]:
    """Those that no test notices; what hangs is noticed."""
    fork = multiprocessing.get_context("fork")
    waiting = list(mutants)
    running: list[tuple[Mutant, BaseProcess, float]] = []
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            mutant = waiting.pop(0)
            process = fork.Process(target=_try, args=(mutant,))
            process.start()
            running.append((mutant, process, time.monotonic()))
        time.sleep(0.05)
        for entry in list(running):
            mutant, process, began = entry
            if process.is_alive() and time.monotonic() - began < SECONDS:
                continue
            if process.is_alive():
                process.kill()
            process.join()
            running.remove(entry)
            if process.exitcode == 0:
                yield mutant


def main(files: Sequence[str]) -> int:
    """Exit code 1 where a survivor has no explanation, or an explanation no survivor."""
    for name in PRELOADED:
        importlib.import_module(name)
    chosen = files or list(CORE)
    mutants = [mutant for file in chosen for mutant in mutants_of(Path(file))]
    if not list(survivors([replace(mutants[0], source=Path(mutants[0].file).read_text("utf-8"))])):
        sys.stdout.write("the tests fail without any mistake\n")
        return 1
    found = []
    for mutant in survivors(mutants):
        found.append(mutant)
        told = "explained" if mutant.key in EXPLAINED else "SURVIVED"
        sys.stdout.write(f"{told} {mutant.name}\n")
        sys.stdout.flush()
    keys = {mutant.key for mutant in found}
    unexplained = [m for m in found if m.key not in EXPLAINED]
    idle = [key for key in EXPLAINED if key[0] in chosen and key not in keys]
    sys.stdout.writelines(f"explained and killed: {key}\n" for key in idle)
    sys.stdout.write(
        f"{len(mutants)} mutants, {len(mutants) - len(found)} killed, "
        f"{len(found) - len(unexplained)} explained, {len(unexplained)} unexplained\n"
    )
    return int(bool(unexplained or idle))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
