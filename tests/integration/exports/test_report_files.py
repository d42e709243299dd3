"""What can be had of a report: made by the worker, checked by whoever gets it."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from analysis.bundle import read_bundle
from analysis.codebook import canonical_json
from analysis.report import compare_bundle
from app.db import Database
from app.errors import NotFound
from app.exports.bundles.released import published_bundle
from app.exports.bundles.report_files import REPORT_FILES
from app.exports.catalogue import DOWNLOADS
from app.exports.making import write_download
from app.exports.service import Wanted
from app.reports.computation import compute_now
from app.reports.publishing.acts import publish_alone, withdraw
from app.reports.service import get_report
from tests.integration.reports.waves import TwoWaves


@pytest.fixture
def report_id(database: Database, waves: TwoWaves) -> str:
    return compute_now(
        database, waves.agency_id, before_wave_id=waves.before, after_wave_id=waves.after
    )


def _made(database: Database, waves: TwoWaves, kind: str, report_id: str) -> bytes:
    sink = io.BytesIO()
    with database.reading() as session:
        wanted = Wanted(kind, report_id, "en")
        write_download(session, waves.agency_id, wanted, sink, lambda _line: None)
    return sink.getvalue()


def test_the_index_writes_what_the_catalogue_offers_of_a_report() -> None:
    assert {d.kind for d in DOWNLOADS if d.of == "report"} == REPORT_FILES.keys()


def test_the_evidence_bundle_gives_the_same_document_to_the_digit(
    database: Database, waves: TwoWaves, report_id: str
) -> None:
    bundle = read_bundle(io.BytesIO(_made(database, waves, "evidence_bundle", report_id)))
    with database.reading() as session:
        computed = get_report(session, waves.agency_id, report_id).computed
    assert canonical_json(bundle.computed) == computed
    assert canonical_json(compare_bundle(bundle)) == computed
    assert bundle.design is not None
    assert bundle.design["variance"] == json.loads(computed)["variance"]
    assert bundle.script is not None


def test_the_public_bundle_holds_no_answer_and_is_for_anyone_once_it_is_published(
    database: Database, waves: TwoWaves, report_id: str
) -> None:
    with zipfile.ZipFile(io.BytesIO(_made(database, waves, "public_bundle", report_id))) as archive:
        names = set(archive.namelist())
        released = json.loads(archive.read("released.json"))
    assert names == {
        *("README.txt", "released.json", "plan.json", "comparisons.csv", "answers.csv", "gaps.csv"),
        *("areas.csv", "course.csv"),
        *("codebook_before.csv", "codebook_after.csv", "derive.R", "manifest.json"),
    }
    assert released["document"] == "released"
    public_id = waves.agency_id + report_id
    with database.reading() as session, pytest.raises(NotFound):
        published_bundle(session, public_id, "en")
    with database.writing() as session:
        publish_alone(session, waves.agency_id, report_id, None, "The board has read it")
    with database.reading() as session:
        packed = published_bundle(session, public_id, "es")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        published = json.loads(archive.read("released.json"))
    assert published["document"] == "released"
    assert len(published["comparisons"]) <= len(released["comparisons"])
    with database.writing() as session:
        withdraw(session, waves.agency_id, report_id, None, "The second wave was counted twice")
    with database.reading() as session, pytest.raises(NotFound, match="withdrawn"):
        published_bundle(session, public_id, "en")


def test_a_report_is_had_as_a_pdf(database: Database, waves: TwoWaves, report_id: str) -> None:
    assert _made(database, waves, "report_pdf", report_id).startswith(b"%PDF-")
