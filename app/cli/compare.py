"""`rapport compare`: what changed between two files of answers, without database or server."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli.process.languages import ReportLanguage


class Variance(StrEnum):
    JACKKNIFE = "jackknife"
    TAYLOR = "taylor"


def compare(  # noqa: PLR0913, PLR0917 - one parameter an option
    instrument: Annotated[
        Path, typer.Option(help="The questionnaire (YAML), as `rapport check-instrument` takes it.")
    ],
    before: Annotated[
        Path,
        typer.Option(
            help="CSV of the before wave: a column a question id, codes in the cells, empty "
            "cells where nothing was answered."
        ),
    ],
    after: Annotated[Path, typer.Option(help="CSV of the after wave.")],
    instrument_before: Annotated[
        Path | None,
        typer.Option(help="The before wave's questionnaire, where it was another version."),
    ] = None,
    plan: Annotated[
        Path | None,
        typer.Option(
            help="What to test (YAML): primary, smallest_change, weight, stratum, psu, area, "
            "subgroups ... Without it the default plan is used."
        ),
    ] = None,
    variance: Annotated[
        Variance | None,
        typer.Option(
            help="jackknife (the default; with equal weights Welch's test) or taylor (R's survey "
            "package)."
        ),
    ] = None,
    json: Annotated[
        Path | None, typer.Option(help="Write every number, unrounded, to this file.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(help="Write a page to read or print: rounded, small groups hidden."),
    ] = None,
    file: Annotated[
        list[Path] | None,
        typer.Option(help="Write the report to this file, as its ending says: .pdf, .docx ..."),
    ] = None,
    language: Annotated[
        ReportLanguage,
        typer.Option(help="Of the page and of what is told here; all but English are drafts."),
    ] = ReportLanguage.ENGLISH,
) -> None:
    """Compare two waves of answers and say what changed, in plain words and in numbers."""
    from app.reports.files import (
        as_text,
        asked_by,
        compare_tables,
        refuse_overwriting,
        released_part,
        write_file,
        write_shown,
    )
    from app.reports.formats import formats_of

    formats = formats_of(file or [])
    refuse_overwriting((json, html, *formats), (instrument, instrument_before, before, after, plan))
    typer.echo(f"Comparing {before} with {after} ...", err=True)
    instruments = (instrument_before or instrument, instrument)
    document = compare_tables(
        instruments,
        (before, after),
        plan=plan,
        variance=variance.value if variance else None,
    )
    if json:
        write_file(json, as_text(document))
    if html or formats:
        facts = asked_by(instruments)
        write_shown(released_part(document), facts, language.value, html, formats)
    for line in _summary(document, json, language):
        typer.echo(line)
    for written in filter(None, (json, html, *formats)):
        typer.echo(f"Written: {written}")


def _summary(
    document: Mapping[str, Any], json: Path | None, language: ReportLanguage
) -> Iterator[str]:
    comparisons = document["comparisons"]
    main = [c for c in comparisons if c["change"]["family"] == "primary"]
    for comparison in main:
        yield comparison["sentences"][language.value]
        yield f"Smallest change that matters: {_smallest_change(document, comparison)}."
    others = len(comparisons) - len(main)
    if others:
        where = f"in {json}" if json else "ask for them with --json FILE"
        yield f"Further comparisons, exploratory: {others}, {where}."


def _smallest_change(document: Mapping[str, Any], comparison: Mapping[str, Any]) -> str:
    entry = next(
        e
        for e in document["plan"]["smallest_changes"]
        if (e["outcome"], e["measure"]) == (comparison["outcome"], comparison["measure"])
    )
    value = entry["value"]
    amount = f"{value:.2g}" if isinstance(value, float) else "none could be set"
    source = "set in the plan" if entry["source"] == "plan" else f"default: {entry['rule']}"
    return f"{amount} ({source})"
