"""One kind of input, tried many times: read, or refused with a sentence, and nothing else."""

from __future__ import annotations

import random
import resource
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from analysis.bundle import BundleError
from analysis.codebook import CodebookError
from analysis.refusals import Refusal
from app.accounts.single_sign_on.asking import Refused
from app.accounts.single_sign_on.provider import NotProven
from app.errors import AppError
from app.imports.reading.workbook import Refused as WorkbookRefused
from app.privacy.single_sign_on.id_token import IdTokenRefused

SEED: Final = 20261121
MOST_GROWTH: Final = 50 * 2**20
REFUSALS: Final = (
    *(AppError, Refusal, BundleError, CodebookError),
    *(Refused, NotProven, IdTokenRefused, WorkbookRefused),
)


class Kind(NamedTuple):
    """How a good file of it is made and spoiled, and who reads it."""

    ending: str
    good: Callable[[Path], bytes]
    spoiled: Callable[[bytes, random.Random], bytes]
    read: Callable[[Path], None]
    here: int
    in_proof: int


def sizes(kinds: Mapping[str, Kind]) -> Sequence[object]:
    """The name of each kind with its number of files, here and in the proofs."""
    return [
        *(pytest.param(name, kind.here) for name, kind in kinds.items()),
        *(
            pytest.param(name, kind.in_proof, marks=pytest.mark.proof)
            for name, kind in kinds.items()
        ),
    ]


def try_spoiled(kind: Kind, name: str, files: int, folder: Path) -> Counter[str]:
    """How they ended, after a good one was read."""
    rng = random.Random(f"{SEED} {name}")
    good = kind.good(folder)
    file = folder / f"spoiled{kind.ending}"
    file.write_bytes(good)
    kind.read(file)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ends: Counter[str] = Counter()
    for _ in range(files):
        file.write_bytes(kind.spoiled(good, rng))
        ends[_outcome(kind, file)] += 1
    grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    assert ends.keys() <= {"read", "refused"}
    assert grown < MOST_GROWTH
    return ends


def _outcome(kind: Kind, file: Path) -> str:
    try:
        kind.read(file)
    except REFUSALS as refusal:
        return "refused" if len(str(refusal)) > len("Refused.") else "refused without a word"
    return "read"
