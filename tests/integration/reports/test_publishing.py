"""Publishing writes the release ledger, and is refused where it would tell of a few people."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter

import pytest
from sqlalchemy import select

from analysis.bundle import read_bundle
from app.db import Database
from app.errors import Conflict
from app.initiatives.service import lock_plan
from app.privacy.count_keys import CountKeyStore
from app.reports.computation import compute_now
from app.reports.gathering import write_restricted_bundle
from app.reports.publishing.store import bases_of_waves
from app.reports.service import get_report
from app.reports.tables import PublishedBase
from tests.integration.reports.waves import PLAN, TwoWaves, publish, two_counted_waves


def computed(database: Database, waves: TwoWaves) -> str:
    return compute_now(
        database, waves.agency_id, before_wave_id=waves.before, after_wave_id=waves.after
    )


def named(waves: TwoWaves) -> dict[str, str]:
    return {"before": waves.before, "after": waves.after}


def ledger(database: Database) -> list[PublishedBase]:
    with database.reading() as session:
        return list(session.scalars(select(PublishedBase)))


def lock(database: Database, waves: TwoWaves, **plan: object) -> None:
    with database.writing() as session:
        lock_plan(session, waves.agency_id, waves.initiative_id, {**PLAN, **plan})


def code_of_few(database: Database, waves: TwoWaves, report_id: str) -> tuple[str, int]:
    """A question and an answer that between one and nine people of the first wave gave."""
    with database.reading() as session:
        packed = io.BytesIO()
        write_restricted_bundle(session, waves.agency_id, report_id, packed)
    bundle = read_bundle(packed)
    rows = list(csv.DictReader(io.StringIO(bundle.responses_before)))
    for variable in bundle.codebook_after.variables:
        if variable.role == "background" and variable.level == "ordinal":
            for code, people in Counter(row[variable.id] for row in rows).items():
                if 0 < people < 10 and int(code) > 0:
                    return variable.id, int(code)
    raise AssertionError("every answer was given by ten people or more, or by nobody")


def test_publishing_writes_down_every_base_once(
    database: Database, waves: TwoWaves, report_id: str
) -> None:
    assert ledger(database) == []
    publish(database, waves, report_id)
    rows = ledger(database)
    everyone = {row.wave_id: row.n for row in rows if not row.question and not row.breakdown}
    with database.reading() as session:
        document = json.loads(get_report(session, waves.agency_id, report_id).computed)
    told = {wave: document["waves"][name]["n"] for name, wave in named(waves).items()}
    assert everyone == told
    with pytest.raises(Conflict, match="it is published"):
        publish(database, waves, report_id)
    assert len(ledger(database)) == len(rows)


def test_a_report_that_was_not_checked_against_a_published_one_is_computed_anew(
    database: Database, waves: TwoWaves, report_id: str
) -> None:
    second = computed(database, waves)
    publish(database, waves, report_id)
    before = len(ledger(database))
    with pytest.raises(Conflict, match="Compute this report anew"):
        publish(database, waves, second)
    assert len(ledger(database)) == before
    third = computed(database, waves)
    publish(database, waves, third)
    assert len(ledger(database)) == 2 * before


def test_a_report_about_a_few_people_less_is_refused_with_what_would_be_allowed(
    database: Database, waves: TwoWaves, report_id: str
) -> None:
    question, code = code_of_few(database, waves, report_id)
    publish(database, waves, report_id)
    before = len(ledger(database))
    lock(database, waves, exclusions={question: [code]})
    fewer = computed(database, waves)
    with pytest.raises(Conflict, match="fewer than 10 people more or less") as refused:
        publish(database, waves, fewer)
    assert "Allowed:" in refused.value.message
    assert len(ledger(database)) == before


def test_the_ledger_of_one_agency_says_nothing_to_another(
    database: Database, waves: TwoWaves, report_id: str, count_keys: CountKeyStore
) -> None:
    publish(database, waves, report_id)
    others = two_counted_waves(database, count_keys, people=40)
    with database.reading() as session:
        assert bases_of_waves(session, others.agency_id, [waves.before, waves.after]) == []
        assert bases_of_waves(session, waves.agency_id, [waves.before, waves.after])
