"""The worker's part of a download: makes the file, keeps it sealed, removes it after its day.

Only the worker and the command line import this module: it reaches what writes the formats.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from analysis.bundle import Sink
from app import clock
from app.db import Database
from app.exports import store
from app.exports.answers import told_rows, wave_codebook, wave_table
from app.exports.bundles.report_files import REPORT_FILES
from app.exports.catalogue import BY_KIND
from app.exports.codebooks import CODEBOOKS
from app.exports.formats import DATA_FILES
from app.exports.kept import KeptFile
from app.exports.prints import print_for
from app.exports.service import REMOVE_JOB, Wanted, ends_after
from app.initiatives.service import get_wave
from app.jobs.service import enqueue

Say = Callable[[str], None]


def make_export(
    database: Database, agency_id: str, export_id: str, say: Say, *, base_url: str
) -> None:
    """Safe to repeat: a file that is whole stays, one that was begun is begun anew."""
    with database.reading() as session:
        file = store.find_file(session, agency_id, export_id)
    if file is None or file.size is not None:
        return
    if BY_KIND[file.kind].has_answers and file.approved_by is None:
        raise ValueError(f"{file.kind} was asked for and never approved")
    kept = KeptFile(database, (agency_id, export_id), file.public_key)
    wanted = Wanted(file.kind, file.subject, file.language)
    with database.reading() as session:
        if wanted.download.is_printed:
            kept.write(print_for(session, agency_id, wanted, base_url, say))
        else:
            write_download(session, agency_id, wanted, kept, say)
    kept.finish()
    ends_at = ends_after(clock.now())
    with database.writing() as session:
        if store.change_file(session, (agency_id, export_id), {"ends_at": ends_at}):
            enqueue(session, agency_id, REMOVE_JOB, export_id, {}, ends_at)


def remove_export(database: Database, agency_id: str, export_id: str) -> None:
    """When its day is over; one that was made since it was asked for has a later job of its own."""
    with database.writing() as session:
        file = store.find_file(session, agency_id, export_id)
        if file is not None and file.ends_at <= clock.now():
            store.remove_file(session, (agency_id, export_id))


def write_download(session: Session, agency_id: str, wanted: Wanted, sink: Sink, say: Say) -> None:
    """One file of the catalogue, into anything that takes bytes."""
    if wanted.download.of == "report":
        write = REPORT_FILES[wanted.kind]
        write(session, (agency_id, wanted.subject), wanted.language, sink)
        return
    wave = get_wave(session, agency_id, wanted.subject)
    if wanted.kind in CODEBOOKS:
        sink.write(CODEBOOKS[wanted.kind](wave_codebook(session, wave), wanted.language))
    else:
        table = told_rows(wave_table(session, wave), say)
        DATA_FILES[wanted.kind](table, wanted.language, sink)
