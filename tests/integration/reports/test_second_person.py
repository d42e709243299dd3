"""Two people, or one with a statement; what was out and is withdrawn stays in mind."""

from __future__ import annotations

import json

import pytest

from app.accounts.audit import recent_acts
from app.accounts.staff import list_staff, set_active
from app.db import Database
from app.errors import BadInput, Conflict
from app.reports.publishing import acts
from app.reports.publishing.parts import PARTS
from app.reports.publishing.store import bases_of_waves, ever_told
from app.reports.service import get_report
from tests.integration.accounts.people import hire
from tests.integration.reports.waves import STATEMENT, TwoWaves, publish


def _staff(database: Database, waves: TwoWaves, *roles: str) -> list[str]:
    for role in roles:
        hire(database, waves.agency_id, role)  # type: ignore[arg-type] # the roles themselves
    with database.reading() as session:
        known = {one.email: one.id for one in list_staff(session, waves.agency_id)}
    return [known[f"{role}@{waves.agency_id}.example"] for role in roles]


def test_one_proposes_another_approves_and_every_act_is_in_the_log(
    database: Database, waves: TwoWaves, report_id: str
) -> None:
    owner, analyst = _staff(database, waves, "owner", "analyst")
    own = waves.agency_id, report_id
    with database.writing() as session:
        acts.propose(session, *own, owner, ["groups"])
    with database.writing() as session, pytest.raises(Conflict, match="second person"):
        acts.approve(session, *own, owner)
    with database.writing() as session, pytest.raises(Conflict, match="Somebody else"):
        acts.approve_alone(session, *own, owner, STATEMENT)
    with database.writing() as session:
        acts.approve(session, *own, analyst)
    with database.writing() as session:
        life = acts.publish(session, *own, owner)
    assert (life.proposed_by, life.approved_by, life.parts) == (owner, analyst, ("groups",))
    with database.reading() as session:
        told = [(act.act, act.subject) for act in recent_acts(session, waves.agency_id)][:3]
    assert told == [
        ("publish report", report_id),
        ("approve publication", report_id),
        ("propose publication", report_id),
    ]


def test_whoever_is_alone_publishes_after_a_statement_that_stays(
    database: Database, waves: TwoWaves, report_id: str
) -> None:
    owner, analyst = _staff(database, waves, "owner", "analyst")
    own = waves.agency_id, report_id
    with database.writing() as session:
        set_active(session, waves.agency_id, owner, analyst, is_active=False)
        acts.propose(session, *own, owner, PARTS)
    with database.writing() as session, pytest.raises(BadInput):
        acts.approve_alone(session, *own, owner, "because")
    with database.writing() as session:
        life = acts.approve_alone(session, *own, owner, STATEMENT)
    assert life.statement == STATEMENT
    assert life.state == "approved"


def test_only_what_was_chosen_is_published(
    database: Database, waves: TwoWaves, report_id: str
) -> None:
    own = waves.agency_id, report_id
    with database.writing() as session:
        acts.propose(session, *own, None, [])
        acts.approve_alone(session, *own, None, STATEMENT)
        acts.publish(session, *own, None)
    with database.reading() as session:
        told = json.loads(acts.published_report(session, waves.agency_id + report_id).released)
        whole = json.loads(get_report(session, *own).released)
        bases = bases_of_waves(session, waves.agency_id, [waves.before, waves.after])
    assert {c["outcome"] for c in told["comparisons"]} == {"trust"}
    assert len({c["outcome"] for c in whole["comparisons"]}) > 10
    assert told["findings"] == whole["findings"]
    assert {base.question for base in bases} <= {"", "trust"} | {
        d["variable"] for d in told["distributions"]
    }


def test_what_was_withdrawn_is_gone_and_still_counts(
    database: Database, waves: TwoWaves, report_id: str
) -> None:
    publish(database, waves, report_id)
    own, because = (waves.agency_id, report_id), "The areas were mixed up in the second wave."
    with database.writing() as session:
        acts.withdraw(session, *own, None, because)
    with database.reading() as session:
        found = acts.published_report(session, waves.agency_id + report_id)
        assert found.withdrawn_because == because
        assert bases_of_waves(session, waves.agency_id, [waves.before])
        (told,) = ever_told(session, waves.agency_id, [waves.before])
        assert told[0].id == report_id
    with database.writing() as session, pytest.raises(Conflict, match="new report"):
        acts.publish(session, *own, None)
