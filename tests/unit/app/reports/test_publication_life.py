"""Which act may follow which state, for every state and act there is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

import pytest

from app.errors import BadInput, Conflict
from app.reports.publishing.life import LEAST_REASON, STATES, PublicationLife, PublicationState

DAY: Final = date(2026, 11, 21)
REASON: Final = "An error in the areas was found after it stood here."
ACTS: Final[dict[str, Callable[[PublicationLife], PublicationLife]]] = {
    "propose": lambda life: life.propose("ana", ("groups",), DAY),
    "send_back": lambda life: life.send_back(),
    "approve": lambda life: life.approve("bo", DAY),
    "approve_alone": lambda life: life.approve_alone("ana", REASON, DAY),
    "publish": lambda life: life.publish(DAY),
    "withdraw": lambda life: life.withdraw(REASON, DAY),
}
ALLOWED: Final[dict[tuple[str, PublicationState], PublicationState]] = {
    ("propose", "draft"): "proposed",
    ("send_back", "proposed"): "draft",
    ("send_back", "approved"): "draft",
    ("approve", "proposed"): "approved",
    ("approve_alone", "proposed"): "approved",
    ("publish", "approved"): "published",
    ("withdraw", "published"): "withdrawn",
}


def _in(state: PublicationState) -> PublicationLife:
    path = {"draft": 0, "proposed": 1, "approved": 2, "published": 3, "withdrawn": 4}
    life = PublicationLife()
    for act in ("propose", "approve", "publish", "withdraw")[: path[state]]:
        life = ACTS[act](life)
    assert life.state == state
    return life


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("state", STATES)
def test_each_act_is_allowed_in_its_states_alone(state: PublicationState, act: str) -> None:
    if (act, state) in ALLOWED:
        assert ACTS[act](_in(state)).state == ALLOWED[act, state]
        return
    with pytest.raises(Conflict) as refused:
        ACTS[act](_in(state))
    assert refused.value.message.count(".") >= 2, "what to do instead is missing"


def test_nobody_approves_what_they_proposed() -> None:
    with pytest.raises(Conflict, match="second person"):
        _in("proposed").approve("ana", DAY)


def test_what_is_sent_back_keeps_nothing_of_the_choice_or_the_approval() -> None:
    assert _in("approved").send_back() == PublicationLife()


@pytest.mark.parametrize("text", ["", "   ", "x" * (LEAST_REASON - 1), "x" * 1001])
def test_a_reason_that_nobody_could_judge_is_no_reason(text: str) -> None:
    acts = (
        lambda: _in("proposed").approve_alone("ana", text, DAY),
        lambda: _in("published").withdraw(text, DAY),
    )
    for act in acts:
        with pytest.raises(BadInput, match="characters"):
            act()


def test_who_and_when_stay_with_what_was_published_and_withdrawn() -> None:
    life = _in("withdrawn")
    assert (life.proposed_by, life.approved_by) == ("ana", "bo")
    assert life.published_on == life.withdrawn_on == DAY
    assert life.withdrawn_because == REASON
