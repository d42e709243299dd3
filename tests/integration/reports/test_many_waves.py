"""A third wave of an initiative: the report of two tells the course over all, and so its bundle."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import analysis
from analysis.bundle import read_bundle
from analysis.codebook import canonical_json
from analysis.report import compare_bundle
from app.db import Database
from app.initiatives.service import get_initiative, get_wave, list_waves
from app.privacy.count_keys import CountKeyStore
from app.reports.computation import compute_now
from app.reports.gathering import write_restricted_bundle
from app.reports.service import get_report
from tests.conftest import HeldClock
from tests.factories import lead_to, make_wave
from tests.integration.reports.waves import TwoWaves, counted_wave, two_counted_waves

MONTH = timedelta(days=30.4375)


@pytest.fixture
def waves(database: Database, count_keys: CountKeyStore, held_clock: HeldClock) -> TwoWaves:
    """Named by the two that are compared: the second and the third, a month and two later."""
    first = two_counted_waves(database, count_keys, between=lambda: held_clock.advance(MONTH))
    held_clock.advance(MONTH)
    with database.reading() as session:
        initiative = get_initiative(session, first.agency_id, first.initiative_id)
    third = counted_wave(database, count_keys, initiative, "follow_up", 120)
    return TwoWaves(first.agency_id, first.initiative_id, first.after, third)


def _computed(database: Database, waves: TwoWaves, report_id: str) -> dict[str, Any]:
    with database.reading() as session:
        report = get_report(session, waves.agency_id, report_id)
        computed, released = json.loads(report.computed), json.loads(report.released)
    schema_file = Path(analysis.__file__).parent / "comparison_schema.json"
    for document in (computed, released):
        jsonschema.validate(document, json.loads(schema_file.read_text("utf-8")))
    return dict(computed)


def test_the_report_of_two_waves_tells_the_course_over_all_three(
    database: Database, waves: TwoWaves
) -> None:
    pair = {"before_wave_id": waves.before, "after_wave_id": waves.after}
    computed = _computed(database, waves, compute_now(database, waves.agency_id, **pair))
    trend = computed["trend"]
    assert [wave["name"] for wave in trend["waves"]] == ["earlier_1", "before", "after"]
    assert [round(wave["time"], 1) for wave in trend["waves"]] == [0.0, 1.0, 2.0]
    assert [wave["n"] for wave in trend["waves"][1:]] == [
        computed["waves"][name]["n"] for name in ("before", "after")
    ]
    (told,) = trend["trends"]
    main = computed["comparisons"][0]
    assert [wave["estimate"] for wave in told["waves"][1:]] == pytest.approx(
        [main[name]["estimate"] for name in ("before", "after")], rel=1e-12
    )
    assert [(pair["earlier"], pair["later"]) for pair in told["contrasts"]] == [(0, 1), (0, 2)]


def test_a_bundle_gives_the_course_again_and_none_of_a_wave_counted_later(
    database: Database, count_keys: CountKeyStore, waves: TwoWaves
) -> None:
    with database.writing() as session:
        initiative = get_initiative(session, waves.agency_id, waves.initiative_id)
        late = make_wave(session, initiative, kind="follow_up").id
    fifth = counted_wave(database, count_keys, initiative, "follow_up", 60)
    pair = {"before_wave_id": waves.before, "after_wave_id": fifth}
    report_id = compute_now(database, waves.agency_id, **pair)
    computed = _computed(database, waves, report_id)
    with database.writing() as session:
        lead_to(session, get_wave(session, waves.agency_id, late), "counted", count_keys)
    with database.reading() as session:
        packed = io.BytesIO()
        write_restricted_bundle(session, waves.agency_id, report_id, packed)
    bundle = read_bundle(packed)
    assert len(bundle.earlier) == 2
    assert canonical_json(compare_bundle(bundle)) == canonical_json(computed)


def test_two_waves_have_no_course(database: Database, waves: TwoWaves) -> None:
    with database.reading() as session:
        every = list_waves(session, waves.agency_id, waves.initiative_id)
        first = next(wave.id for wave in every if wave.position == 1)
    pair = {"before_wave_id": first, "after_wave_id": waves.before}
    report_id = compute_now(database, waves.agency_id, **pair)
    assert _computed(database, waves, report_id)["trend"] is None
