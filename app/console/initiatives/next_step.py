"""What stands between an initiative and its published comparison, one thing at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.initiatives.wave import HOLDS_RESPONSES, SETTLED, TAKES_SHEETS

if TYPE_CHECKING:
    from app.initiatives.tables import Area, PlanVersion, Wave


@dataclass(frozen=True, slots=True)
class NextStep:
    """`key` names its words, `path` is where it is done; below the initiative's own address."""

    key: str
    path: str


def next_step(
    initiative_id: str,
    areas: Sequence[Area],
    waves: Sequence[Wave],
    plan: PlanVersion | None,
    reports: Sequence[str],
) -> NextStep:
    """`reports` are the states of the reports there are."""
    own = f"/staff/initiatives/{initiative_id}"
    if not waves:
        return NextStep("baseline", f"{own}#waves") if areas else NextStep("areas", f"{own}#areas")
    if any(wave.state == "erased" for wave in waves):  # nothing more can be compared with them
        return NextStep("erased", f"{own}/reports")
    pending = next((wave for wave in waves if wave.state not in SETTLED), None)
    if pending is not None and not _waits_for_plan(pending, plan):
        return _of_wave(pending)
    return _of_comparison(own, waves, plan, reports)


def _of_comparison(
    own: str, waves: Sequence[Wave], plan: PlanVersion | None, reports: Sequence[str]
) -> NextStep:
    if plan is None:
        return NextStep("plan", f"{own}/plan")
    if sum(wave.state in HOLDS_RESPONSES for wave in waves) < 2:  # noqa: PLR2004 - before and after
        return NextStep("follow_up", f"{own}#waves")
    if "published" in reports:
        return NextStep("done", f"{own}/reports")
    is_to_publish = any(state != "withdrawn" for state in reports)
    return NextStep("publish" if is_to_publish else "report", f"{own}/reports")


def _waits_for_plan(wave: Wave, plan: PlanVersion | None) -> bool:
    return wave.kind == "follow_up" and wave.state == "draft" and plan is None


def _of_wave(wave: Wave) -> NextStep:
    path = f"/staff/waves/{wave.id}"
    if wave.state == "draft":
        return NextStep("open", path)
    if wave.state in TAKES_SHEETS:
        return NextStep("field", f"{path}/fieldwork")
    return NextStep("count", f"{path}/close")
