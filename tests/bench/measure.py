"""One measure: a figure, the reference beside it in the same run, and their ratio."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    what: str
    figure: float
    unit: str
    reference: str = ""
    reference_figure: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    of_ratio: bool = False

    @property
    def ratio(self) -> float | None:
        if self.reference_figure is None or not self.reference_figure:
            return None
        return self.figure / self.reference_figure

    @property
    def is_met(self) -> bool | None:
        """None where there is no target."""
        judged = self.ratio if self.of_ratio else self.figure
        if judged is None or (self.at_least is None and self.at_most is None):
            return None
        is_high_enough = self.at_least is None or judged >= self.at_least
        return is_high_enough and (self.at_most is None or judged <= self.at_most)

    def line(self) -> str:
        compared = ""
        if self.reference_figure is not None:
            compared = f"{_ratio(self.ratio)} {self.reference} ({_number(self.reference_figure)})"
        figure = f"{_number(self.figure):>9} {self.unit}"
        return f"{self.what:<46} {figure:<20} {compared:<58} {self._target()}".rstrip()

    def _target(self) -> str:
        if self.is_met is None:
            return ""
        sign, bound = ("≥", self.at_least) if self.at_least is not None else ("≤", self.at_most)
        times = "x" if self.of_ratio else ""
        return f"{sign} {_number(bound or 0)}{times} {'met' if self.is_met else 'MISSED'}"


def _ratio(ratio: float | None) -> str:
    if ratio is None:
        return ""
    if ratio < 0.1:
        return f"1/{1 / ratio:,.0f} of"
    return f"{ratio:.2f}x of" if ratio < 10 else f"{ratio:,.0f}x of"


def _number(figure: float) -> str:
    if figure == 0 or figure >= 100:
        return f"{figure:,.0f}"
    return f"{figure:.2f}" if figure >= 1 else f"{figure:.3f}"
