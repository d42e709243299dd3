"""Staff ask by one question or two: audited, remembered, a few times, and told why not."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from app.db import Database
from app.errors import BadInput, Conflict
from app.exports.bundles.released import bundle_of_report
from app.initiatives.service import get_wave
from app.privacy.count_keys import CountKeyStore
from app.reports.breakdowns.asking import (
    MOST_ASKED,
    questions_to_ask_by,
    request_breakdown,
)
from app.reports.computation import compute_now
from app.reports.publishing.ledger import COMPARISON_AREAS
from app.reports.publishing.store import bases_of_waves
from app.reports.service import get_report
from app.reports.tables import Report
from tests.integration.reports.waves import TwoWaves, publish, two_counted_waves


def _pair(waves: TwoWaves) -> dict[str, str]:
    return {"before_wave_id": waves.before, "after_wave_id": waves.after}


def _by(database: Database, waves: TwoWaves, *of: str) -> Report:
    report_id = compute_now(database, waves.agency_id, **_pair(waves), breakdown=of)
    with database.reading() as session:
        return get_report(session, waves.agency_id, report_id)


def _asked(database: Database, waves: TwoWaves) -> list[str]:
    with database.reading() as session:
        before, after = (
            get_wave(session, waves.agency_id, wave) for wave in (waves.before, waves.after)
        )
        return [v.id for v in questions_to_ask_by(session, before, after)]


def test_a_breakdown_is_told_once_audited_and_stays_in_mind(
    database: Database, count_keys: CountKeyStore
) -> None:
    waves = two_counted_waves(database, count_keys, people=400)
    assert {"gender", "age_band"} <= set(_asked(database, waves))
    unpublished = compute_now(database, waves.agency_id, **_pair(waves))
    told = _by(database, waves, "gender")
    groups = [c for c in json.loads(told.released)["comparisons"] if c["group"]]
    shown = {c["group"]["label"]["en"] for c in groups if "n" in c["before"]}
    assert any(" / " in label for label in shown), "the smallest groups are joined, not hidden"
    with database.reading() as session:
        bases = bases_of_waves(session, waves.agency_id, [waves.before])
    assert {base.breakdown for base in bases} == {"", "gender", COMPARISON_AREAS}
    crossed = _by(database, waves, "gender", "age_band")
    assert crossed.audited_with == [told.id]
    groups = [c for c in json.loads(crossed.released)["comparisons"] if c["group"]]
    shown = {c["group"]["label"]["en"] for c in groups if "n" in c["before"]}
    assert any(" · " in label for label in shown)
    with database.reading() as session:
        packed = bundle_of_report(session, waves.agency_id, crossed.id, "en")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        codebook = archive.read("codebook_after.csv").decode()
    assert groups[0]["group"]["variable"] in codebook
    with pytest.raises(Conflict, match="Compute this report anew"):
        publish(database, waves, unpublished)
    again = compute_now(database, waves.agency_id, **_pair(waves))
    with database.reading() as session:
        assert get_report(session, waves.agency_id, again).audited_with == sorted(
            [told.id, crossed.id]
        )
    publish(database, waves, again)


def test_a_breakdown_that_could_show_nothing_is_refused_with_what_would_be(
    database: Database, count_keys: CountKeyStore
) -> None:
    few = two_counted_waves(database, count_keys, people=40)
    with pytest.raises(Conflict, match=r"None of these groups can be shown.*Allowed:"):
        _by(database, few, _asked(database, few)[0])
    with database.reading() as session:
        assert bases_of_waves(session, few.agency_id, [few.before, few.after]) == []


def test_only_a_few_breakdowns_are_given_and_only_by_questions_that_were_asked(
    database: Database, waves: TwoWaves
) -> None:
    questions = _asked(database, waves)
    pair = waves.before, waves.after
    for of in ([], ["trust"], questions[:3]):
        with database.writing() as session, pytest.raises(BadInput, match="one or 2"):
            request_breakdown(session, waves.agency_id, *pair, of)
    for _ in range(MOST_ASKED):
        with database.writing() as session:
            request_breakdown(session, waves.agency_id, *pair, questions[:1])
    with database.writing() as session, pytest.raises(Conflict, match="Allowed:"):
        request_breakdown(session, waves.agency_id, *pair, questions[:1])
