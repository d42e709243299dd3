"""From the text of a YAML file to an instrument, or to a list of all that is wrong with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from app.instruments.load.checks import (
    Finding,
    check_columns,
    check_conditions,
    check_ids,
    check_languages,
    check_texts,
    check_what_is_asked,
)
from app.instruments.load.problems import InstrumentProblems, problem
from app.instruments.load.scale_checks import check_scales
from app.instruments.load.strict_yaml import read_yaml
from app.instruments.load.typing_errors import tell
from app.instruments.model import Instrument

if TYPE_CHECKING:
    from collections.abc import Iterator


def load_instrument(text: str, *, source: str) -> Instrument:
    """Read an instrument strictly. `source` is the file name that problems are told with."""
    document = read_yaml(text, file=source)
    try:
        instrument = Instrument.model_validate(document.value)
    except ValidationError as exc:
        raise InstrumentProblems(tell(exc, document, source)) from exc
    found = [
        problem(source, document.line_of(finding.path), finding.code, **finding.details)
        for finding in _find_problems(instrument)
    ]
    if found:
        raise InstrumentProblems(found)
    return instrument


def _find_problems(instrument: Instrument) -> Iterator[Finding]:
    yield from check_ids(instrument)
    yield from check_columns(instrument)
    yield from check_what_is_asked(instrument)
    yield from check_languages(instrument)
    yield from check_texts(instrument)
    yield from check_conditions(instrument)
    yield from check_scales(instrument)
