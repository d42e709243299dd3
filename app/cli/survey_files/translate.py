"""`rapport translate`: a survey's texts to a translator, and back into the survey file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from app.errors import BadInput

if TYPE_CHECKING:
    from app.instruments.translation.taking import Review, Taken

MOST_TOLD: Final = 40

translate = typer.Typer(
    help="Bring a survey's texts to a translator as a spreadsheet, and back.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
SurveyFile = Annotated[Path, typer.Argument(help="The YAML file of an instrument.")]


def export_texts(
    file: SurveyFile,
    language: Annotated[str, typer.Option(help="The language to translate into, such as so.")],
    to: Annotated[
        Path | None, typer.Option(help="The workbook to write; FILE.LANGUAGE.xlsx by default.")
    ] = None,
) -> None:
    """Write a workbook with every text, what it is for, and the translation there is.

    The translator fills in one column; all others are locked against slips. What is missing is
    marked.
    """
    from pydantic import TypeAdapter, ValidationError

    from app.instruments.load import read_instrument_file
    from app.instruments.translation.rows import rows_of
    from app.instruments.translation.workbook import write_workbook
    from app.questions.schema import LanguageCode

    try:
        TypeAdapter(LanguageCode).validate_python(language)
    except ValidationError as exc:
        raise BadInput(f"{exc.errors()[0]['msg']}. Write a code such as en, es or pt-BR.") from exc
    instrument = read_instrument_file(file).instrument
    if language == instrument.original_language:
        raise BadInput(f"{file} is written in {language!r}. Name another language.")
    rows = list(rows_of(instrument, file.read_text("utf-8-sig"), language))
    to = to or file.with_suffix(f".{language}.xlsx")
    write_workbook(to, instrument, language, rows)
    missing = sum(not row.translation for row in rows)
    typer.echo(f"{to}: texts: {len(rows)}, still to translate: {missing}")
    _warn_of_unspoken(language)


def import_texts(
    file: SurveyFile,
    workbook: Annotated[Path, typer.Argument(help="The workbook that came back.")],
    reviewed_by: Annotated[
        str | None,
        typer.Option(help="Who speaks the language and has read every text; marks it as reviewed."),
    ] = None,
    *,
    take_good: Annotated[
        bool, typer.Option("--take-good", help="Take the good rows even when others are refused.")
    ] = False,
) -> None:
    """Judge what came back, and write it into the survey file. Comments and order stay.

    Changed words are a draft, unless --reviewed-by names somebody.
    """
    from app.instruments.load import read_instrument_file
    from app.instruments.translation.taking import take
    from app.instruments.translation.workbook import read_workbook

    instrument = read_instrument_file(file).instrument
    delivery = read_workbook(workbook)
    written = file.read_bytes().decode("utf-8-sig")
    taken = take(instrument, written, delivery, _review(reviewed_by))
    _tell(taken)
    if taken.refused and not take_good:
        raise BadInput(
            f"{file} was not changed. Mend these rows, or take the others with --take-good."
        )
    _replace(file, taken.content)
    typer.echo(
        f"{file}: new: {taken.new}, changed: {taken.changed}, unchanged: {taken.unchanged}, "
        f"still missing: {taken.missing}"
    )
    _warn_of_unspoken(delivery.language)


def _review(reviewer: str | None) -> Review | None:
    from app import clock
    from app.instruments.translation.taking import Review

    if reviewer is None:
        return None
    if not reviewer.strip():
        raise BadInput("--reviewed-by needs a name: who speaks the language and read every text.")
    return Review(reviewer.strip(), clock.now().date())


def _tell(taken: Taken) -> None:
    for what, remarks in (("not taken", taken.refused), ("look at", taken.doubtful)):
        for remark in remarks[:MOST_TOLD]:
            typer.echo(f"{what}: {remark}", err=True)
        if len(remarks) > MOST_TOLD:
            typer.echo(f"{what}: {len(remarks) - MOST_TOLD} more", err=True)


def _replace(file: Path, content: str) -> None:
    """Whole or not at all."""
    beside = file.with_name(file.name + ".new")
    beside.write_text(content, "utf-8", newline="")
    beside.replace(file)


def _warn_of_unspoken(language: str) -> None:
    from app.questions.words import spoken_language

    if spoken_language(language) is None:
        typer.echo(
            f"The program itself does not speak {language!r} yet, and no wave can open in it: its "
            "own words stand in app/questions/locale, app/responses/pages/locale.",
            err=True,
        )


translate.command("export")(export_texts)
translate.command("import")(import_texts)
