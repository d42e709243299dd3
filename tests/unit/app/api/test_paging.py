from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from app.api.paging import Paging
from app.errors import BadInput


class Shown(BaseModel):
    place: int


def _walk(rows: list[int], limit: int) -> list[int]:
    seen: list[int] = []
    cursor = None
    while True:
        page = Paging(limit, cursor).page(rows, lambda row: (row,), lambda row: Shown(place=row))
        assert len(page.items) <= limit
        seen += [item.place for item in page.items]
        if page.next is None:
            return seen
        cursor = page.next


@given(st.sets(st.integers(-1000, 1000), max_size=40), st.integers(1, 10))
def test_a_walk_through_the_pages_meets_everything_once(rows: set[int], limit: int) -> None:
    assert _walk(list(rows), limit) == sorted(rows)


def test_what_is_added_or_gone_meanwhile_shifts_nothing() -> None:
    first = Paging(2, None).page([1, 3, 5, 7], lambda row: (row,), lambda row: Shown(place=row))
    then = Paging(9, first.next).page([0, 1, 5, 6, 7], lambda r: (r,), lambda r: Shown(place=r))
    assert [item.place for item in then.items] == [5, 6, 7]


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "WyJhIl0", "W251bGxd", "W1tdXQ", "e30", "_-__"])
def test_a_cursor_from_elsewhere_is_refused(cursor: str) -> None:
    with pytest.raises(BadInput, match="not from this list"):
        Paging(2, cursor).page([1, 2, 3], lambda row: (row,), lambda row: Shown(place=row))
