"""`rapport check-instrument`: tell the author of a survey file what to mend, or that it is fine."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.instruments.model import Instrument


def check_instrument(
    file: Annotated[Path, typer.Argument(help="The YAML file of an instrument.")],
) -> None:
    """Check a survey file: say that it is fine, or list each problem with line and remedy."""
    from app.instruments.load import load_instrument_file
    from app.instruments.load.shipped import shipped_instruments

    instrument = load_instrument_file(file, beside=shipped_instruments())
    typer.echo(f"{file}: OK")
    for line in (*_asked(instrument), *_scored(instrument), *_languages(instrument)):
        typer.echo(f"  {line}")


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
