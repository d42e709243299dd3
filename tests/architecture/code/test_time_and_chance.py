"""The present moment comes from app.clock, chance from an argument: results can be repeated."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import pytest

from tests.architecture.source import Module, calls, imported_names, is_within, module, modules

CLOCK: Final = "app/clock.py"
# `time.monotonic` and `time.perf_counter` measure spans, not moments: they are allowed.
WALL_CLOCK: Final = re.compile(
    r"(datetime|date)\.(now|utcnow|today)|time\.(time|time_ns|localtime|gmtime|ctime)"
)
GLOBAL_CHANCE: Final = re.compile(
    r"(np|numpy)\.random\.(?!Generator|SeedSequence|default_rng|PCG64)\w+"
)
UNSEEDED: Final = re.compile(r"((np|numpy)\.random\.)?(default_rng|SeedSequence|PCG64)")


def wall_clocks(tree: Iterable[Module]) -> list[str]:
    found: list[str] = []
    for m in tree:
        if is_within(m.path, CLOCK):
            continue
        found += [
            f"{m.at(call)} {name}(): ask {CLOCK}"
            for call, name in calls(m.tree)
            if WALL_CLOCK.fullmatch(".".join(name.split(".")[-2:]))
        ]
        found += [
            f"{m.at(node)} {name}: ask {CLOCK}"
            for node, name in imported_names(m.tree)
            if WALL_CLOCK.fullmatch(name)
        ]
    return found


def unowned_chance(tree: Iterable[Module]) -> list[str]:
    found: list[str] = []
    for m in tree:
        found += [
            f"{m.at(node)} {name}: take an rng argument"
            for node, name in imported_names(m.tree)
            if name == "random" or name.startswith("random.")
        ]
        for call, name in calls(m.tree):
            if GLOBAL_CHANCE.fullmatch(name):
                found.append(f"{m.at(call)} {name}(): take an rng argument")
            elif UNSEEDED.fullmatch(name) and not (call.args or call.keywords):
                found.append(f"{m.at(call)} {name}() without a seed cannot be repeated")
    return found


def test_only_the_clock_knows_the_present_moment() -> None:
    assert wall_clocks(modules("app", "analysis")) == []


def test_chance_is_handed_in() -> None:
    assert unowned_chance(modules("app", "analysis")) == []


@pytest.mark.parametrize(
    "sin",
    [
        "from datetime import datetime\nx = datetime.now()",
        "import datetime\nx = datetime.datetime.now(datetime.UTC)",
        "import datetime\nx = datetime.date.today()",
        "import time\nx = time.time()",
        "from time import time\nx = time()",
    ],
)
def test_a_planted_wall_clock_is_caught(sin: str) -> None:
    assert wall_clocks([module("app/jobs/store.py", sin)])
    assert not wall_clocks([module(CLOCK, sin)])


def test_measuring_a_span_is_no_sin() -> None:
    assert not wall_clocks([module("app/x.py", "import time\nx = time.monotonic()")])


@pytest.mark.parametrize(
    "sin",
    [
        "import random",
        "from random import shuffle",
        "import numpy as np\nnp.random.seed(1)",
        "import numpy as np\nx = np.random.normal(3)",
        "import numpy as np\nx = np.random.default_rng()",
    ],
)
def test_planted_global_chance_is_caught(sin: str) -> None:
    assert unowned_chance([module("analysis/x.py", sin)])


def test_a_seeded_generator_is_no_sin() -> None:
    seeded = "import numpy as np\nrng = np.random.default_rng(7)"
    assert not unowned_chance([module("app/cli/demo.py", seeded)])
