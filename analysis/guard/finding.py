"""What a check of the two waves found, before anyone puts it into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from analysis.codebook import Text

Level = Literal["blocks", "flags", "passes"]


@dataclass(frozen=True, slots=True)
class Part:
    """So many of so many. `share` carries the weights, the counts do not."""

    n: int
    of: int
    share: float


@dataclass(frozen=True, slots=True)
class About:
    """The question, scale or column that a finding is about, and the answer where it is one."""

    id: str
    title: Text
    answer: Text | None = None
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """blocks: no verdict may stand on it. flags: to be read with the result. passes: looked at.

    numbers: `Part` by wave ("before", "after"); `items` looked at; `p` adjusted for the number of
    tests; and what else the words of this id name.
    """

    id: str
    level: Level
    about: About | None = None
    numbers: Mapping[str, Any] = field(default_factory=dict)
