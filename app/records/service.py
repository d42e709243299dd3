"""Gathers a records package: files of text, and a manifest with the checksum of each."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app import clock
from app.accounts.audit import acts_about
from app.exports.text_cells import inert
from app.initiatives.service import get_initiative, list_areas, list_plans, list_waves
from app.instruments.service import frozen_document
from app.privacy.fingerprints import hash_content
from app.records.statement import statement_of
from app.reports.page import render_report
from app.reports.publishing.acts import told_reports
from app.responses.texts.service import approved_quotes

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.initiatives.tables import Initiative, Wave

FORMAT: Final = "rapport.records/1"
MANIFEST: Final = "manifest.json"
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)  # the first day that a zip knows: no file tells when
_READ_ME: Final = """\
Public records of one initiative, as Rapport keeps them.

initiative.json      what was judged, where, and what residents were told about who asks
waves.json           when residents were asked, in which languages, by which questionnaire
questionnaires/      every question and answer choice, as they were frozen when a wave was made
plans/               what was going to be tested, with hash and moment of its locking
reports/             each published report: the released numbers, and the page with the method
quotes.csv           sentences of residents that two reviewers agreed on
acts.csv             what staff did with the initiative, by day, without who did it
not-held.txt         what is not in here, and why
manifest.json        the SHA-256 of each file
"""


@dataclass(frozen=True, slots=True)
class RecordFile:
    """One file of the package."""

    name: str
    content: str

    @property
    def sha256(self) -> str:
        return hash_content(self.content.encode())

    @property
    def size(self) -> int:
        return len(self.content.encode())


def gather_records(session: Session, agency_id: str, initiative_id: str) -> list[RecordFile]:
    """Only what may be told: nothing here reads an answer, a text or an unrounded number."""
    initiative = get_initiative(session, agency_id, initiative_id)
    waves = list_waves(session, agency_id, initiative_id)
    files = [
        RecordFile("README.txt", _READ_ME),
        RecordFile("initiative.json", _spelled(_about(session, initiative))),
        RecordFile("waves.json", _spelled([_wave(wave) for wave in waves])),
        *_questionnaires(session, waves),
        *_plans(session, initiative),
        *_reports(session, initiative),
        RecordFile("acts.csv", _acts(session, initiative, waves)),
        RecordFile("not-held.txt", statement_of(waves)),
    ]
    return [*files, RecordFile(MANIFEST, _manifest(files))]


def zipped(files: Sequence[RecordFile]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for file in files:
            package.writestr(zipfile.ZipInfo(file.name, _EARLIEST), file.content.encode())
    return packed.getvalue()


def _manifest(files: Sequence[RecordFile]) -> str:
    listed = [{"name": f.name, "bytes": f.size, "sha256": f.sha256} for f in files]
    return _spelled({"format": FORMAT, "made_on": clock.now().date().isoformat(), "files": listed})


def _about(session: Session, initiative: Initiative) -> Mapping[str, Any]:
    areas = list_areas(session, initiative.agency_id, initiative.id)
    return {
        "id": initiative.id,
        "title": initiative.title,
        "police_name": initiative.police_name,
        "notice": initiative.notice,
        "starts_on": initiative.starts_on and initiative.starts_on.isoformat(),
        "is_simulated": initiative.is_simulated,
        "areas": [{"code": a.code, "name": a.name, "role": a.role} for a in areas],
        "public_address": initiative.public_path,
    }


def _wave(wave: Wave) -> Mapping[str, Any]:
    moments = ("opened_at", "closed_at", "counted_at")
    return {
        "id": wave.id,
        "kind": wave.kind,
        "label": wave.label,
        "state": wave.state,
        "languages": wave.languages,
        "questionnaire": wave.instrument_hash,
        "key": wave.key_state,
        **{name: getattr(wave, name) and getattr(wave, name).isoformat() for name in moments},
    }


def _questionnaires(session: Session, waves: Sequence[Wave]) -> Iterator[RecordFile]:
    for name in dict.fromkeys(wave.instrument_hash for wave in waves):
        document = frozen_document(session, waves[0].agency_id, name)
        yield RecordFile(f"questionnaires/{name}.json", _spelled(document))


def _plans(session: Session, initiative: Initiative) -> Iterator[RecordFile]:
    for plan in list_plans(session, initiative.agency_id, initiative.id):
        told = {
            "version": plan.version,
            "content_hash": plan.content_hash,
            "locked_at": plan.locked_at.isoformat(),
            "plan": plan.document,
        }
        yield RecordFile(f"plans/{plan.version}.json", _spelled(told))


def _reports(session: Session, initiative: Initiative) -> Iterator[RecordFile]:
    """What was published, also where it was withdrawn since: who read it has it still."""
    told_waves: set[str] = set()
    for report, published in told_reports(session, initiative.agency_id, initiative.id):
        released = json.loads(published.released)
        note = {
            "withdrawn_on": published.withdrawn_on and published.withdrawn_on.isoformat(),
            "withdrawn_because": published.withdrawn_because,
        }
        yield RecordFile(f"reports/{report.id}.json", _spelled(note | {"released": released}))
        yield RecordFile(f"reports/{report.id}.html", render_report(published.released))
        if published.withdrawn_on is None:
            told_waves |= {report.before_wave_id, report.after_wave_id}
    quotes = approved_quotes(session, initiative.agency_id, sorted(told_waves))
    rows = [(quote.wave_id, quote.question, quote.words) for quote in quotes]
    yield RecordFile("quotes.csv", _table(("wave", "question", "words"), rows))


def _acts(session: Session, initiative: Initiative, waves: Sequence[Wave]) -> str:
    """By day, and without the facts of an act: they hold reasons that people typed."""
    subjects = {initiative.id, *(wave.id for wave in waves)}
    subjects |= {r.id for r, _ in told_reports(session, initiative.agency_id, initiative.id)}
    acts = acts_about(session, initiative.agency_id, subjects)
    rows = [
        (
            act.moment.date().isoformat(),
            "staff" if act.who else "command line",
            act.act,
            act.subject,
        )
        for act in acts
    ]
    return _table(("day", "by", "act", "subject"), rows)


def _table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    file = io.StringIO()
    table = csv.writer(file, lineterminator="\n")
    table.writerow(heading)
    table.writerows([inert(cell) for cell in row] for row in rows)
    return file.getvalue()


def _spelled(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
