"""Numbers for those who answered several waves: the analysis lays their answers together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from app.responses.service import Response

COLUMN: Final = "paradata.pair"


class People:
    """The numbers are the report's own: they say nothing of a person, or of names in a database."""

    def __init__(self, linked: Sequence[bytes]) -> None:
        self._numbers = {name: number for number, name in enumerate(linked, 1)}

    @property
    def columns(self) -> list[str]:
        return [COLUMN] if self._numbers else []

    def row(self, response: Response) -> dict[str, int]:
        number = self._numbers.get(response.pair) if response.pair is not None else None
        return {} if number is None else {COLUMN: number}

    def in_plan(self, plan: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        """What a plan says by itself stands."""
        return {"person_code": COLUMN, **(plan or {})} if self._numbers else plan
