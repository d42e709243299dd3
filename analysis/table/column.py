"""One column of text: its cells, each kept once where they repeat, and which stands in each row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_SAMPLE: Final = 500
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class Column:
    """texts: cells as they stand in the file. number: (rows,) positions in `texts`."""

    texts: Sequence[str]
    number: NDArray[np.integer]

    def cell(self, row: int) -> str:
        return self.texts[int(self.number[row])]

    def shown(self, row: int) -> str:
        """A cell as a message quotes it."""
        return shown(self.cell(row).strip())


def shown(text: str) -> str:
    """In quotation marks, and cut where it is long."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]} ...")


class Texts(dict[str, int]):
    """Numbers texts as they come: one number for all that are alike, where many are."""

    def __init__(self) -> None:
        super().__init__()
        self.all: list[str] = []

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self.all)
        self.all.append(text)
        return number

    def numbers(self, cells: Sequence[str]) -> NDArray[np.integer]:
        """Cells that hardly repeat (weights) are not looked up: that would only cost time."""
        sample = cells[:_SAMPLE]
        if len(set(sample)) > len(sample) // 2:
            self.all.extend(cells)
            numbers = np.arange(len(self.all) - len(cells), len(self.all))
        else:
            numbers = np.fromiter(map(self.__getitem__, cells), np.int64, len(cells))
        return numbers.astype(np.min_scalar_type(len(self.all)))
