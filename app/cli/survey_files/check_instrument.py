"""`rapport check-instrument`: tell the author of a survey file what to mend, or that it is fine."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import BadInput

if TYPE_CHECKING:
    from app.instruments.lint import FoundLine
    from app.instruments.model import Instrument


def check_instrument(
    file: Annotated[Path | None, typer.Argument(help="The YAML file of an instrument.")] = None,
    since: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE|WAVE",
            help="An earlier file of it, or a wave of this installation that asked it: tell what "
            "has changed since.",
        ),
    ] = None,
    *,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on advice as well.")] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of survey files, for editors.")
    ] = False,
) -> None:
    """Check a survey file: say that it is fine, or list each problem with line and remedy."""
    if schema:
        _print_schema()
    elif file is None:
        raise BadInput("Name the YAML file of an instrument, or ask for --schema.")
    else:
        _check(file, since, strict=strict)


def _print_schema() -> None:
    from app.instruments.load.file_schema import file_schema

    typer.echo(json.dumps(file_schema(), indent=2, ensure_ascii=False))


def _check(file: Path, since: Path | None, *, strict: bool) -> None:
    from app.instruments.lint import lint
    from app.instruments.load import read_instrument_file
    from app.instruments.load.shipped import shipped_instruments

    written = read_instrument_file(file, beside=shipped_instruments())
    found = lint(written, earlier=_earlier(since) if since else None)
    for line in found:
        typer.echo(str(line))
    is_failing = any(_fails(line, strict=strict) for line in found)
    typer.echo(f"{file}: {', '.join(_summary(found, is_failing=is_failing))}")
    instrument = written.instrument
    for told in (*_asked(instrument), *_scored(instrument), *_languages(instrument)):
        typer.echo(f"  {told}")
    if is_failing:
        sys.exit(1)


def _earlier(since: Path) -> "Instrument":
    """A file where there is one of this name, else what a wave has asked, as it was frozen."""
    from app.instruments.load import load_instrument_file

    if since.exists() or since.suffix:
        return load_instrument_file(since)

    from app.db import Database
    from app.initiatives.service import get_wave
    from app.instruments.service import thawed_version
    from app.migrations import refuse_other_schema
    from app.reports.service import key_of
    from app.settings import WorkerSettings

    database = Database(WorkerSettings().database_url, role="rapport_operator")
    try:
        refuse_other_schema(database)
        with database.reading() as session:
            wave = get_wave(session, *key_of(str(since)))
            return thawed_version(session, wave.agency_id, wave.instrument_hash)
    finally:
        database.dispose()


def _fails(line: "FoundLine", *, strict: bool) -> bool:
    weight = line.finding.weight
    return weight == "error" or (strict and weight == "advice")


def _summary(found: "list[FoundLine]", *, is_failing: bool) -> Iterator[str]:
    if not is_failing:
        yield "OK"
    for weight, name in (("error", "errors"), ("advice", "advice"), ("note", "notes")):
        count = sum(line.finding.weight == weight for line in found)
        if count:
            yield f"{name}: {count}"


def _asked(instrument: "Instrument") -> Iterator[str]:
    from app.instruments.version import freeze

    before, after = len(instrument.asking("baseline")), len(instrument.asking("follow_up"))
    yield f"{instrument.id}, version {instrument.version}"
    yield f"content hash {freeze(instrument).content_hash}"
    yield f"questions in a baseline wave: {before}, in a follow-up wave: {after}"
    yield f"pages: {len(instrument.pages)}, option sets: {len(instrument.option_sets)}"


def _scored(instrument: "Instrument") -> Iterator[str]:
    from analysis.codebook import answers_needed

    for scale in instrument.scales:
        needed = answers_needed(len(scale.items), scale.min_answered)
        primary = ", primary" if scale.primary else ""
        yield f"scale {scale.id}{primary}: items {len(scale.items)}, answers needed {needed}"
    if not instrument.scales:
        yield "no scale"


def _languages(instrument: "Instrument") -> Iterator[str]:
    from app.instruments.texts import missing_texts, openable_languages

    yield f"a wave can open in: {', '.join(openable_languages(instrument)) or 'no language'}"
    lacking = list(missing_texts(instrument))
    for code, language in instrument.languages.items():
        status = language.status.replace("_", " ")
        reviewer = f", reviewed by {language.reviewer}" if language.reviewer else ", not reviewed"
        yield f"language {code}: {status}{'' if status == 'original' else reviewer}"
        places = [missing for missing in lacking if missing.language == code]
        if places:
            yield f"  texts missing: {len(places)}, such as"
            yield from (f"  - {missing.where}" for missing in places[:5])
