"""From two counted waves to the two documents, and back again from the bundle."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

import analysis
from analysis.bundle import read_bundle
from analysis.codebook import canonical_json
from analysis.r_script import r_script
from app.db import Database
from app.errors import BadInput, Conflict, NotFound
from app.initiatives.service import lock_plan
from app.privacy.count_keys import CountKeyStore
from app.reports.computation import compute_now, compute_report
from app.reports.gathering import write_restricted_bundle
from app.reports.paradata import COLUMNS as PARADATA
from app.reports.service import get_report, request_report
from app.reports.tables import Report
from app.settings import WorkerSettings
from app.worker import Worker
from tests.conftest import HeldClock
from tests.factories import make_initiative, make_wave
from tests.integration.jobs.standing import job_now
from tests.integration.reports.rapport import ROOT
from tests.integration.reports.waves import RUN_BY, TwoWaves, two_counted_waves


def stored(database: Database, waves: TwoWaves, report_id: str) -> Report:
    with database.reading() as session:
        return get_report(session, waves.agency_id, report_id)


def bundle_of(database: Database, waves: TwoWaves, report_id: str) -> bytes:
    with database.reading() as session:
        packed = io.BytesIO()
        write_restricted_bundle(session, waves.agency_id, report_id, packed)
        return packed.getvalue()


def test_both_documents_are_kept_under_the_schema(
    database: Database, waves: TwoWaves, report_id: str
) -> None:
    schema_file = Path(analysis.__file__).parent / "comparison_schema.json"
    schema = json.loads(schema_file.read_text("utf-8"))
    report = stored(database, waves, report_id)
    for name in ("computed", "released"):
        document = json.loads(getattr(report, name))
        assert document["document"] == name
        jsonschema.validate(document, schema)


def test_an_area_without_the_initiative_stands_beside_and_not_in_the_headline(
    database: Database, waves: TwoWaves, report_id: str
) -> None:
    """The initiative names North and South as its own and West to compare with."""
    computed = json.loads(stored(database, waves, report_id).computed)
    assert computed["plan"]["comparison_areas"] == {"area": [3]}
    (told,) = computed["areas"]["comparisons"]
    people = [computed["waves"]["before"]["n"], told["before"]["n"]]
    assert min(people) > 0
    assert sum(people) + computed["areas"]["n_untold"]["before"] <= 99
    released = json.loads(stored(database, waves, report_id).released)
    assert set(released["areas"]["comparisons"][0]["difference"]) == {"suppressed"}


def test_the_bundle_gives_the_same_computed_document_without_app_and_database(
    database: Database, waves: TwoWaves, report_id: str, tmp_path: Path
) -> None:
    bundle, out = tmp_path / "bundle.zip", tmp_path / "computed.json"
    bundle.write_bytes(bundle_of(database, waves, report_id))
    subprocess.run(  # noqa: S603 - this interpreter, our own module
        [sys.executable, "-m", "analysis", "report", bundle, "--json", out],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    rerun = canonical_json(json.loads(out.read_text("utf-8")))
    assert rerun == stored(database, waves, report_id).computed


def test_the_bundle_carries_an_r_script_of_its_own_report(
    database: Database, waves: TwoWaves, report_id: str
) -> None:
    bundle = read_bundle(io.BytesIO(bundle_of(database, waves, report_id)))
    assert bundle.script == r_script(json.loads(stored(database, waves, report_id).computed))
    assert 'list(outcome = "trust", measure = "mean", family = "primary")' in bundle.script


def test_a_plan_locked_later_changes_neither_the_report_nor_its_bundle(
    database: Database, waves: TwoWaves, report_id: str
) -> None:
    before = bundle_of(database, waves, report_id)
    with database.writing() as session:
        lock_plan(session, waves.agency_id, waves.initiative_id, {"primary": ["coop"]})
    assert bundle_of(database, waves, report_id) == before


def test_a_plan_locked_after_the_answers_came_is_told(database: Database, waves: TwoWaves) -> None:
    with database.writing() as session:
        lock_plan(session, waves.agency_id, waves.initiative_id, {"primary": ["coop"]})
    later = compute_now(
        database, waves.agency_id, before_wave_id=waves.before, after_wave_id=waves.after
    )
    facts = json.loads(stored(database, waves, later).released)["initiative"]
    assert facts["plan"]["version"] == 2
    assert facts["plan"]["changed_after_data"] is True


def test_the_facts_tell_who_asked_how_and_when(
    database: Database, count_keys: CountKeyStore, held_clock: HeldClock
) -> None:
    day = held_clock().date().isoformat()
    waves = two_counted_waves(database, count_keys, people=12)
    report_id = compute_now(
        database, waves.agency_id, before_wave_id=waves.before, after_wave_id=waves.after
    )
    document = json.loads(stored(database, waves, report_id).released)
    facts = document["initiative"]
    assert facts["title"]["es"] == "Rondas a pie"
    assert facts["run_by"] == RUN_BY
    assert facts["dates"]["after"] == {"first": day, "last": day}
    assert facts["recruitment"] == {"before": ["open"], "after": ["open"]}
    assert facts["languages"]["before"] == ["en", "es"]
    assert facts["plan"]["changed_after_data"] is False
    assert document["waves"]["after"]["label"] == {"en": "After"}
    assert "contact" not in json.dumps(facts)


def test_the_bundle_holds_every_answer_and_nothing_about_when_it_came(
    database: Database, waves: TwoWaves, report_id: str
) -> None:
    bundle = read_bundle(io.BytesIO(bundle_of(database, waves, report_id)))
    rows = list(csv.DictReader(io.StringIO(bundle.responses_before)))
    assert len(rows) == 99
    assert rows[0].keys() == {variable.id for variable in bundle.codebook_before.variables}
    assert all(row["area"] for row in rows)
    assert {name for name in rows[0] if "." in name} == set(PARADATA)
    assert {row["paradata.mode"] for row in rows} == {"1"}
    assert {row["paradata.quality"] for row in rows} == {"0"}
    spoken = bundle.codebook_before.variable("paradata.language").categories
    assert {category.label["en"] for category in spoken} == {"en", "es"}
    areas = bundle.codebook_before.variable("area")
    assert {c.label["en"] for c in areas.categories} >= {"North", "South", "West"}


def test_the_initiatives_words_stand_in_the_questions(
    database: Database, waves: TwoWaves, report_id: str
) -> None:
    bundle = read_bundle(io.BytesIO(bundle_of(database, waves, report_id)))
    asked = bundle.codebook_after.variable("x1").text
    assert asked["en"] == "Before today, had you heard of Walking beats?"
    assert asked["es"] == "Antes de hoy, ¿había oído hablar de Rondas a pie?"


def test_the_worker_computes_a_requested_report_once(
    database: Database, database_url: str, waves: TwoWaves
) -> None:
    with database.writing() as session:
        report_id = request_report(
            session, waves.agency_id, before_wave_id=waves.before, after_wave_id=waves.after
        )
    worker = Worker(database, WorkerSettings(database_url=database_url), None)
    *_, done = worker.run_until_empty()
    assert (done.kind, done.subject, done.problem) == ("compute_report", report_id, None)
    first = stored(database, waves, report_id)
    compute_report(
        database,
        waves.agency_id,
        report_id,
        before_wave_id=waves.before,
        after_wave_id=waves.after,
    )
    assert stored(database, waves, report_id).computed == first.computed
    assert job_now(database, waves.agency_id, "compute_report", report_id).state == "done"


def test_a_wave_that_is_not_counted_is_never_read(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        before = make_wave(session, initiative, state="counted", keys=count_keys)
        after = make_wave(session, initiative, kind="follow_up", state="closed", keys=count_keys)
        waves = {"before_wave_id": before.id, "after_wave_id": after.id}
        with pytest.raises(Conflict, match="stay sealed until the wave is counted"):
            request_report(session, before.agency_id, **waves)
    with pytest.raises(Conflict, match="stay sealed"):
        compute_now(database, before.agency_id, **waves)


def test_waves_are_compared_in_order_and_within_one_initiative(
    database: Database, waves: TwoWaves, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        with pytest.raises(BadInput, match="must come before"):
            request_report(
                session, waves.agency_id, before_wave_id=waves.after, after_wave_id=waves.before
            )
        stranger = make_wave(session, state="counted", keys=count_keys)
        with pytest.raises(NotFound):
            request_report(
                session, stranger.agency_id, before_wave_id=waves.before, after_wave_id=stranger.id
            )


def test_a_plan_that_does_not_fit_is_told_as_the_problem_of_the_report(
    database: Database, count_keys: CountKeyStore
) -> None:
    waves = two_counted_waves(database, count_keys, people=12, plan={"primary": ["fairness"]})
    with pytest.raises(BadInput, match="“fairness”"):
        compute_now(
            database, waves.agency_id, before_wave_id=waves.before, after_wave_id=waves.after
        )


def test_a_report_that_is_not_there_says_where_to_look(database: Database) -> None:
    with database.reading() as session, pytest.raises(NotFound, match="`rapport report` lists"):
        get_report(session, "abcdef", "0123456789")
