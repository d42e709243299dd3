"""Which of the offered languages a visitor reads best. The header is read and never kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final

HEADER_CHARACTERS: Final = 500


def choose_language(accept_language: str, offered: Sequence[str]) -> str:
    """RFC 4647 lookup: the first range that an offered language answers, else the first offered."""
    by_base = {tag.partition("-")[0].lower(): tag for tag in reversed(offered)}
    by_tag = by_base | {tag.lower(): tag for tag in offered}
    for wanted in _by_preference(accept_language[:HEADER_CHARACTERS]):
        parts = wanted.split("-")
        for length in range(len(parts), 0, -1):
            found = by_tag.get("-".join(parts[:length]))
            if found is not None:
                return found
    return offered[0]


def _by_preference(header: str) -> Iterator[str]:
    ranges = [_weighted(item) for item in header.lower().split(",")]
    ranges.sort(key=lambda weighted: -weighted[0])
    for weight, tag in ranges:
        if weight > 0:
            yield tag


def _weighted(item: str) -> tuple[float, str]:
    tag, _, parameter = item.partition(";")
    weight = 1.0
    name, _, number = parameter.partition("=")
    if name.strip() == "q":
        weight = 0.0
        with suppress(ValueError):
            weight = float(number)
    return weight, tag.strip()
