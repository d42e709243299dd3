from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.errors import AppError, BadInput, Conflict
from app.initiatives.wave import (
    LONGEST_GRACE,
    STATES,
    TAKES_SHEETS,
    USUAL_GRACE,
    WaveKind,
    WaveLife,
    WaveState,
)

NOW: Final = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

ALLOWED: Final[dict[str, set[WaveState]]] = {
    "open": {"draft"},
    "close": {"open"},
    "end_grace": {"closing"},
    "claim_count": {"closed", "counting"},
    "finish_count": {"counting"},
    "import_baseline": {"draft"},
    "erase": {"counted", "imported"},
}


def life_in(state: WaveState) -> WaveLife:
    return WaveLife(
        "baseline",
        state,
        opened_at=NOW - timedelta(days=30),
        closed_at=NOW - timedelta(days=3),
        grace_ends_at=NOW - timedelta(days=1),
    )


def happens(life: WaveLife, event: str, now: datetime = NOW) -> WaveLife:
    if event in {"claim_count", "import_baseline", "erase"}:
        return getattr(life, event)()
    return getattr(life, event)(now)


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("event", ALLOWED)
def test_an_event_happens_in_its_states_and_is_refused_in_every_other(
    event: str, state: WaveState
) -> None:
    life = life_in(state)
    if state in ALLOWED[event]:
        assert happens(life, event).state in STATES
    else:
        with pytest.raises(Conflict, match="The wave cannot"):
            happens(life, event)


def test_a_wave_lives_from_draft_to_counted() -> None:
    life = WaveLife("follow_up")
    for event, state, hours in (
        ("open", "open", 0),
        ("close", "closing", 100),
        ("end_grace", "closed", 148),
        ("claim_count", "counting", 149),
        ("finish_count", "counted", 150),
    ):
        life = happens(life, event, NOW + timedelta(hours=hours))
        assert life.state == state
    assert life.opened_at == NOW
    assert life.closed_at == NOW + timedelta(hours=100)
    assert life.grace_ends_at == NOW + timedelta(hours=148)
    assert life.counted_at == NOW + timedelta(hours=150)


def test_a_refusal_names_the_state_what_was_asked_and_what_to_do_instead() -> None:
    with pytest.raises(Conflict) as refused:
        life_in("open").claim_count()
    assert refused.value.message == "The wave cannot be counted: it is open. Close it first."


def test_the_grace_ends_at_its_very_moment_and_not_a_microsecond_before() -> None:
    closing = WaveLife("baseline").open(NOW).close(NOW, USUAL_GRACE)
    end = NOW + USUAL_GRACE
    with pytest.raises(Conflict, match="2026-11-04 09:00 UTC"):
        closing.end_grace(end - timedelta(microseconds=1))
    assert closing.end_grace(end).state == "closed"


def test_a_wave_may_close_without_grace_but_never_with_less_than_none() -> None:
    life = WaveLife("baseline").open(NOW)
    assert life.close(NOW, timedelta(0)).end_grace(NOW).state == "closed"
    for grace in (timedelta(microseconds=-1), LONGEST_GRACE + timedelta(microseconds=1)):
        with pytest.raises(BadInput, match="between 0 and 72 hours"):
            life.close(NOW, grace)


def test_a_follow_up_is_never_imported() -> None:
    with pytest.raises(Conflict, match="Only a baseline"):
        WaveLife("follow_up").import_baseline()


def test_a_clock_set_back_does_not_turn_the_order_of_moments_around() -> None:
    yesterday = NOW - timedelta(days=1)
    closing = WaveLife("baseline").open(NOW).close(yesterday, timedelta(hours=1))
    assert closing.closed_at == NOW
    counted = closing.end_grace(NOW + timedelta(hours=1)).claim_count().finish_count(yesterday)
    assert counted.counted_at == NOW + timedelta(hours=1)


class AnyLife(RuleBasedStateMachine):
    """Asks for anything at any time, as staff, workers and a wandering clock might."""

    def __init__(self) -> None:
        super().__init__()
        self.life = WaveLife("baseline")
        self.now = NOW

    @rule(kind=st.sampled_from(["baseline", "follow_up"]))
    def begin_anew(self, kind: WaveKind) -> None:
        if self.life.state == "draft":
            self.life = WaveLife(kind)

    @rule(hours=st.integers(-30, 100))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(event=st.sampled_from(list(ALLOWED)))
    def ask(self, event: str) -> None:
        self._ask(event, lambda life: happens(life, event, self.now))

    @rule(grace=st.timedeltas(timedelta(hours=-1), timedelta(hours=80)))
    def close_with(self, grace: timedelta) -> None:
        self._ask("close", lambda life: life.close(self.now, grace))

    def _ask(self, event: str, happen: object) -> None:
        before = self.life
        assert callable(happen)
        try:
            self.life = happen(before)
        except AppError:
            return
        assert before.state in ALLOWED[event]
        if before.state in {"counted", "imported"}:
            assert self.life.state == "erased", "an ended life went on"
        if before.state == "closing":
            assert before.grace_ends_at is not None
            assert self.now >= before.grace_ends_at, "the grace was cut short"

    @invariant()
    def states_only_go_forward_and_moments_with_them(self) -> None:
        life = self.life
        moments = [life.opened_at, life.closed_at, life.grace_ends_at, life.counted_at]
        erased = 0 if life.opened_at is None else 4
        known = {"draft": 0, "imported": 0, "open": 1, "counted": 4, "erased": erased}
        passed = known.get(life.state, 3)
        assert [moment is not None for moment in moments] == [i < passed for i in range(4)]
        assert moments[:passed] == sorted(m for m in moments if m is not None)

    @invariant()
    def only_a_baseline_is_imported(self) -> None:
        assert self.life.state != "imported" or self.life.kind == "baseline"

    @invariant()
    def a_wave_that_takes_sheets_was_opened_and_has_no_count(self) -> None:
        if self.life.state in TAKES_SHEETS:
            assert self.life.opened_at is not None
            assert self.life.counted_at is None


TestAnyLife = AnyLife.TestCase
