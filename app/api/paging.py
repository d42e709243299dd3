"""Lists in pages. A cursor names the last entry that was shown, so nothing shifts meanwhile."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, Field

from app.errors import BadInput

USUAL: Final = 50
MOST: Final = 200
LONGEST_CURSOR: Final = 200

Row = TypeVar("Row")
Entry = TypeVar("Entry", bound=BaseModel)
Place = tuple[str | int, ...]


class Listed(BaseModel, Generic[Entry]):
    """One page of a list."""

    items: list[Entry]
    next: str | None = Field(
        description="The cursor of the next page; null on the last one.", examples=[None]
    )


@dataclass(frozen=True, slots=True)
class Paging:
    limit: int
    cursor: str | None

    def page(
        self,
        rows: Sequence[Row],
        place: Callable[[Row], Place],
        show: Callable[[Row], Entry],
    ) -> Listed[Entry]:
        """In the order of their places, which are unique: entries after the cursor's."""
        ordered = sorted(rows, key=place)
        if self.cursor is not None:
            after = _read(self.cursor)
            try:
                ordered = [row for row in ordered if place(row) > after]
            except TypeError:
                raise _foreign() from None
        shown = ordered[: self.limit]
        more = len(ordered) > len(shown)
        return Listed[Entry](
            items=[show(row) for row in shown],
            next=_written(place(shown[-1])) if more else None,
        )


def _paging(
    limit: Annotated[
        int, Query(ge=1, le=MOST, description="How many entries at most.", examples=[USUAL])
    ] = USUAL,
    cursor: Annotated[
        str | None,
        Query(
            description="`next` of the page before.",
            max_length=LONGEST_CURSOR,
            pattern=r"^[A-Za-z0-9_-]+$",
        ),
    ] = None,
) -> Paging:
    return Paging(limit, cursor)


PagingDep = Annotated[Paging, Depends(_paging)]


def _written(place: Place) -> str:
    return urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read(cursor: str) -> Place:
    try:
        found = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        raise _foreign() from None
    if not isinstance(found, list) or not all(isinstance(part, str | int) for part in found):
        raise _foreign()
    return tuple(found)


def _foreign() -> BadInput:
    return BadInput("api.foreign_cursor")
