"""`rapport report`: list the reports, compute one, write one to files, publish one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.process.languages import ReportLanguage
from app.errors import BadInput

if TYPE_CHECKING:
    from app.db import Database
    from app.reports.formats import Format
    from app.reports.publishing.life import PublicationLife
    from app.reports.store import CountedWave, ReportLine

RESTRICTED = (
    "RESTRICTED: this file holds every single answer. Keep it where only those may read it whom "
    "the promise to residents names; it is not for publication."
)


def report(  # noqa: PLR0913 - one parameter an option
    report_id: Annotated[
        str | None,
        typer.Argument(metavar="[REPORT]", help="The report's id, as the list shows it."),
    ] = None,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="BEFORE AFTER", help="Compute a report on these two counted waves."),
    ] = None,
    *,
    later: Annotated[
        bool, typer.Option("--later", help="With --compare: leave the computing to the worker.")
    ] = False,
    html: Annotated[Path | None, typer.Option(help="Write the page to this file.")] = None,
    file: Annotated[
        list[Path] | None,
        typer.Option(help="Write the report to this file, as its ending says. Repeat for more."),
    ] = None,
    language: Annotated[
        ReportLanguage, typer.Option(help="Of page and files; all but English are drafts.")
    ] = ReportLanguage.ENGLISH,
    json: Annotated[Path | None, typer.Option(help="Write the released numbers here.")] = None,
    released: Annotated[
        Path | None,
        typer.Option(help="Write page and files from numbers that --json wrote; no more."),
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option(help="Write the restricted bundle here: all answers, codebooks and the plan."),
    ] = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="From now on anyone can read it under its address.")
    ] = False,
    statement: Annotated[
        str,
        typer.Option(
            help="With --publish, where the agency has nobody to approve it: why it is published."
        ),
    ] = "",
) -> None:
    """List the reports and the counted waves; with an id, write or publish that report.

    What --html, --file and --json hold has passed the release rules: rounded, with small groups
    hidden. Files: .pdf, .docx, .xlsx, .zip (every picture as PNG and SVG).
    """
    from app.cli.process.hardening import harden_process
    from app.db import Database
    from app.migrations import refuse_other_schema
    from app.reports.formats import formats_of
    from app.settings import WorkerSettings

    harden_process()
    formats = formats_of(file or [])
    if released:
        _write_from(released, (html, formats, language))
        return
    settings = WorkerSettings()
    database = Database(settings.database_url, statement_seconds=600, role="rapport_operator")
    refuse_other_schema(database)
    if compare:
        report_id = _compare(database, compare, later=later)
    if report_id is None:
        _list(database)
    elif not later:
        _write(database, report_id, (html, formats, language), json, bundle)
        if publish:
            _publish(database, report_id, statement, settings.base_url)
    database.dispose()


def _compare(database: Database, waves: tuple[str, str], *, later: bool) -> str:
    """The id of the report that is there now, or will be."""
    from app.reports.computation import compute_now
    from app.reports.service import key_of, request_report

    (agency_id, before), (other, after) = (key_of(wave) for wave in waves)
    if agency_id != other:
        raise BadInput("The two waves belong to different agencies. Choose waves of one.")
    if later:
        with database.writing() as session:
            found = request_report(session, agency_id, before_wave_id=before, after_wave_id=after)
        typer.echo(f"Report {agency_id}{found} is asked for. The worker computes it.")
        return agency_id + found
    typer.echo("Computing the report ...", err=True)
    found = compute_now(database, agency_id, before_wave_id=before, after_wave_id=after)
    typer.echo(f"Report {agency_id}{found} is computed.")
    return agency_id + found


def _list(database: Database) -> None:
    from app.reports.store import counted_waves, list_reports

    with database.reading() as session:
        reports, waves = list_reports(session), counted_waves(session)
    for line in (*_told_reports(reports), *_told_waves(waves)):
        typer.echo(line)


def _told_reports(reports: Sequence[ReportLine]) -> Iterator[str]:
    if not reports:
        yield "There is no report yet."
        return
    yield "Reports (write one with `rapport report ID --html FILE`):"
    for line in reports:
        state = _state(line.life)
        named = " / ".join(_any(text) for text in (line.title, line.before, line.after))
        yield f"  {line.public_id}  {named}  ({line.created_on}, {state})"


def _state(life: PublicationLife) -> str:
    if life.withdrawn_on:
        return f"withdrawn {life.withdrawn_on}"
    return f"published {life.published_on}" if life.published_on else "not published"


def _told_waves(waves: Sequence[CountedWave]) -> Iterator[str]:
    if not waves:
        yield "There is no counted wave to compare."
        return
    yield "Counted waves (compare two with `rapport report --compare BEFORE AFTER`):"
    for wave in waves:
        yield f"  {wave.public_id}  {_any(wave.title)} / {_any(wave.label)}  ({wave.kind})"


def _write(
    database: Database,
    public_id: str,
    shown: tuple[Path | None, Mapping[Path, Format], ReportLanguage],
    json: Path | None,
    bundle: Path | None,
) -> None:
    from json import loads as parse

    from app.accounts.audit import note_act
    from app.reports.files import opened_file, write_file, write_shown
    from app.reports.formats.asked import asked_in
    from app.reports.gathering import write_restricted_bundle
    from app.reports.service import get_report, key_of

    key = key_of(public_id)
    html, formats, language = shown
    if bundle:
        with database.writing() as session:
            get_report(session, *key)
            facts = {"kind": "evidence_bundle", "subject": key[1], "reason": "rapport report"}
            note_act(session, key[0], None, "export", key[1], facts)
    with database.reading() as session:
        report = get_report(session, *key)
        released = report.released
        asked = asked_in(session, key[0], report.before_wave_id, report.after_wave_id)
        write_shown(parse(released), asked, language.value, html, formats)
        if json:
            write_file(json, released + "\n")
        if bundle:
            with opened_file(bundle, is_restricted=True) as opened:
                write_restricted_bundle(session, *key, opened)
    for written in filter(None, (html, *formats, json, bundle)):
        typer.echo(f"Written: {written}")
    if bundle:
        typer.echo(RESTRICTED, err=True)


def _write_from(
    numbers: Path, shown: tuple[Path | None, Mapping[Path, Format], ReportLanguage]
) -> None:
    """Without a database, and so without the questions as they were asked."""
    from app.reports.files import read_released, write_shown
    from app.reports.reading.shown_instrument import Facts

    html, formats, language = shown
    write_shown(read_released(numbers), Facts(), language.value, html, formats)
    for written in filter(None, (html, *formats)):
        typer.echo(f"Written: {written}")


def _publish(database: Database, public_id: str, statement: str, base_url: str) -> None:
    """What two people agreed on in the console; else everything, after a statement."""
    from app.reports.publishing.acts import publish_alone
    from app.reports.service import key_of

    with database.writing() as session:
        publish_alone(session, *key_of(public_id), None, statement)
    typer.echo(f"Published: {base_url.rstrip('/')}/r/{public_id}")


def _any(text: Mapping[str, str]) -> str:
    return text.get("en") or next(iter(text.values()))
