"""From the text of a YAML file to an instrument, or to a list of all that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
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
    check_wording,
)
from app.instruments.load.grids import Grid, write_out_grids
from app.instruments.load.problems import InstrumentProblems, problem
from app.instruments.load.scale_checks import check_scales
from app.instruments.load.strict_yaml import MOST_BYTES, YamlDocument, read_yaml
from app.instruments.load.typing_errors import tell
from app.instruments.model import Instrument

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class WrittenInstrument:
    """An instrument beside the file that says it."""

    file: str
    instrument: Instrument
    document: YamlDocument
    grids: tuple[Grid, ...]


def read_instrument(
    text: str, *, source: str, beside: Sequence[Instrument] = ()
) -> WrittenInstrument:
    """Read an instrument strictly. `source` is the file name that problems are told with.

    `beside` are instruments whose comparability keys it may share only with equal words.
    """
    document, grids = write_out_grids(read_yaml(text, file=source), source)
    try:
        instrument = Instrument.model_validate(document.value)
    except ValidationError as exc:
        raise InstrumentProblems(tell(exc, document, source)) from exc
    found = [
        problem(source, document.line_of(finding.path), finding.code, **finding.details)
        for finding in (*_find_problems(instrument), *check_wording(instrument, beside))
    ]
    if found:
        raise InstrumentProblems(found)
    return WrittenInstrument(source, instrument, document, grids)


def read_instrument_file(path: Path, *, beside: Sequence[Instrument] = ()) -> WrittenInstrument:
    return read_instrument(_read(path), source=str(path), beside=beside)


def load_instrument(text: str, *, source: str, beside: Sequence[Instrument] = ()) -> Instrument:
    return read_instrument(text, source=source, beside=beside).instrument


def load_instrument_file(path: Path, *, beside: Sequence[Instrument] = ()) -> Instrument:
    return load_instrument(_read(path), source=str(path), beside=beside)


def _read(path: Path) -> str:
    """Never more than the reader takes, whatever the path leads to."""
    try:
        if not path.exists():
            raise _refused(path, "not_found")
        if not path.is_file():
            raise _refused(path, "not_a_file")
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as exc:
        raise _refused(path, "not_readable", what=exc.strerror) from exc
    if len(content) > MOST_BYTES:
        raise _refused(path, "too_large", size=path.stat().st_size, limit=MOST_BYTES)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise _refused(path, "not_utf8", content.count(b"\n", 0, exc.start) + 1) from exc


def _refused(path: Path, code: str, line: int = 1, **details: object) -> InstrumentProblems:
    return InstrumentProblems([problem(str(path), line, code, **details)])


def _find_problems(instrument: Instrument) -> Iterator[Finding]:
    yield from check_ids(instrument)
    yield from check_columns(instrument)
    yield from check_what_is_asked(instrument)
    yield from check_languages(instrument)
    yield from check_texts(instrument)
    yield from check_conditions(instrument)
    yield from check_scales(instrument)
