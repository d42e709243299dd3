"""From rows of the services to the forms that callers get: column by column, nothing by default."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final, get_args

from sqlalchemy.orm import Session

from app.api.shapes.files import FileShown
from app.api.shapes.initiatives import AreaShown, InitiativeShown, PlanShown
from app.api.shapes.reports import PublicationShown, ReportLineShown, ReportShown
from app.api.shapes.waves import CollectorShown, JobShown, WaveShown
from app.collectors.service import CollectorLine
from app.exports.service import KeptDownload
from app.initiatives.planning.revisions import area_revision_of, revision_of
from app.initiatives.service import is_changed_after_data
from app.initiatives.tables import Area, Initiative, PlanVersion, Wave
from app.jobs.service import standing_of
from app.reports.publishing.life import PublicationLife
from app.reports.store import ReportLine
from app.reports.tables import Report

JOBS: Final = get_args(JobShown.model_fields["kind"].annotation)


def shown_initiative(row: Initiative) -> InitiativeShown:
    names = InitiativeShown.model_fields.keys() - {"revision"}
    columns = {name: getattr(row, name) for name in names}
    return InitiativeShown.model_validate(columns | {"revision": revision_of(row)})


def shown_area(row: Area) -> AreaShown:
    columns = {name: getattr(row, name) for name in AreaShown.model_fields if name != "revision"}
    return AreaShown.model_validate(columns | {"revision": area_revision_of(row)})


def shown_file(kept: KeptDownload) -> FileShown:
    return FileShown(
        id=kept.file.id,
        kind=kept.file.kind,
        subject=kept.file.subject,
        language=kept.file.language,
        is_made=kept.is_made,
        problem=None if kept.job is None else kept.job.problem,
        bytes=kept.file.size,
        sha256=kept.file.sha256,
        ends_at=kept.file.ends_at,
    )


def shown_plan(row: PlanVersion, waves: Sequence[Wave]) -> PlanShown:
    return PlanShown(
        version=row.version,
        content_hash=row.content_hash,
        locked_at=row.locked_at,
        document=row.document,
        changed_after_data=is_changed_after_data(row, waves),
    )


def shown_wave(session: Session, wave: Wave) -> WaveShown:
    columns = {name: getattr(wave, name) for name in WaveShown.model_fields if name != "jobs"}
    asked = ((kind, standing_of(session, wave.agency_id, kind, wave.id)) for kind in JOBS)
    jobs = [
        {"kind": kind, "state": job.state, "problem": job.problem, "due_at": job.run_after}
        for kind, job in asked
        if job is not None
    ]
    return WaveShown.model_validate(columns | {"jobs": jobs})


def shown_collector(site: str, line: CollectorLine) -> CollectorShown:
    return CollectorShown(
        public_id=line.public_id,
        mode=line.mode,
        label=line.label,
        area_code=line.area_code,
        recruitment=line.recruitment,
        language=line.language,
        address=site + line.path,
        stopped_on=line.stopped_on,
    )


def shown_line(line: ReportLine) -> ReportLineShown:
    return ReportLineShown(
        public_id=line.public_id,
        title=line.title,
        before=line.before,
        after=line.after,
        created_on=line.created_on,
        state=line.life.state,
    )


def shown_report(report: Report) -> ReportShown:
    return ReportShown(
        public_id=report.public_id,
        created_on=report.created_on,
        released=json.loads(report.released),
    )


def shown_publication(public_id: str, life: PublicationLife) -> PublicationShown:
    columns = {
        name: getattr(life, name) for name in PublicationShown.model_fields if name != "public_id"
    }
    return PublicationShown.model_validate(columns | {"public_id": public_id})
