"""A comparison of anyone's own files: two tables of answers, a questionnaire, perhaps a plan.

Only the command line imports this module: it reaches numpy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, cast

from analysis.bundle import Bundle
from analysis.codebook import Codebook, CodebookError, Text
from analysis.command import documents
from analysis.disclosure import release
from analysis.refusals import Refusal
from analysis.report import compare_bundle
from app.errors import BadInput
from app.instruments.codebook import build_codebook
from app.instruments.load import load_instrument_file
from app.instruments.load.problems import InstrumentProblems
from app.instruments.load.strict_yaml import read_yaml
from app.instruments.model import Instrument
from app.questions.schema import WaveKind
from app.reports.formats import Format
from app.reports.initiative_words import AREA_HERE, fill_words
from app.reports.page import render_reading
from app.reports.reading import SCHEMA, read_report
from app.reports.reading.shown_instrument import AskedWave, Facts

LARGEST_TABLE: Final = 1024**3
LARGEST_PLAN: Final = 64 * 1024
_NO_MAPPING: Final = frozenset({"empty", "not_a_mapping"})
_AS_JSON: Final = "Take a file that `rapport report ID --json FILE` wrote."
_ANY_INITIATIVE: Final[Mapping[str, Text]] = {
    "initiative": {
        "en": "the initiative",
        "es": "la iniciativa",
        "ar": "المبادرة",
        "vi": "sáng kiến này",
    },
    "police": {"en": "the police", "es": "la policía", "ar": "الشرطة", "vi": "cảnh sát"},
    "area": AREA_HERE,
}


def compare_tables(
    instruments: tuple[Path, Path],
    tables: tuple[Path, Path],
    *,
    plan: Path | None = None,
    variance: str | None = None,
) -> dict[str, Any]:
    """The computed document. Each pair is before, after; what is refused names its file."""
    read = {path: load_instrument_file(path) for path in dict.fromkeys(instruments)}
    bundle = Bundle(
        codebook_before=_codebook(read[instruments[0]], "baseline"),
        codebook_after=_codebook(read[instruments[1]], "follow_up"),
        responses_before=_read(tables[0], LARGEST_TABLE),
        responses_after=_read(tables[1], LARGEST_TABLE),
        plan=_plan(plan) if plan else None,
    )
    try:
        return compare_bundle(bundle, variance=variance)
    except CodebookError as exc:
        raise BadInput(_sentence(str(exc))) from exc
    except Refusal as exc:
        names = {"before": tables[0], "after": tables[1], "plan": plan}
        raise BadInput(_sentence(_with_file(str(exc), names))) from exc


def released_part(computed: Mapping[str, Any]) -> dict[str, Any]:
    """What of a computed document may be shown."""
    return release(computed)


def asked_by(instruments: tuple[Path, Path]) -> Facts:
    """The questions of the before and the after file."""
    kinds: tuple[tuple[str, WaveKind], ...] = (("before", "baseline"), ("after", "follow_up"))
    words = {token: dict(text) for token, text in _ANY_INITIATIVE.items()}
    return Facts(
        {
            name: AskedWave(load_instrument_file(path), kind, tokens=words)
            for (name, kind), path in zip(kinds, instruments, strict=True)
        }
    )


def write_shown(
    released: Mapping[str, Any],
    facts: Facts,
    language: str,
    page: Path | None,
    formats: Mapping[Path, Format],
) -> None:
    if page:
        write_file(page, render_reading(read_report(released, language, facts)))
    for path, kind in formats.items():
        write_file(path, kind.write(released, facts, language))


def read_released(path: Path) -> dict[str, Any]:
    """Released numbers, as `rapport report --json` writes them."""
    try:
        document: dict[str, Any] = json.loads(_read(path, LARGEST_TABLE))
        kind = document["schema"], document["document"]
    except (ValueError, KeyError, TypeError) as exc:
        raise BadInput(f"{path}: These are no numbers of a report. {_AS_JSON}") from exc
    if kind != (SCHEMA, "released"):
        raise BadInput(f"{path}: These numbers are not the released ones. {_AS_JSON}")
    return document


def as_text(computed: Mapping[str, Any]) -> str:
    return json.dumps(computed, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def refuse_overwriting(targets: Iterable[Path | None], sources: Iterable[Path | None]) -> None:
    """What is read is never written over."""
    try:
        documents.refuse_overwriting(
            [path for path in targets if path], [path for path in sources if path]
        )
    except Refusal as exc:
        raise BadInput(_sentence(str(exc))) from exc


def write_file(path: Path, content: str | bytes) -> None:
    with opened_file(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextmanager
def opened_file(path: Path, *, is_restricted: bool = False) -> Iterator[IO[bytes]]:
    """A restricted file is its owner's alone to read."""
    try:
        if is_restricted:
            path.touch(mode=0o600)
            path.chmod(0o600)
        with path.open("wb") as file:
            yield file
    except OSError as exc:
        raise BadInput(f"{path}: The file cannot be written ({exc.strerror}).") from exc


def _codebook(instrument: Instrument, wave_kind: WaveKind) -> Codebook:
    return fill_words(build_codebook(instrument, wave_kind), _ANY_INITIATIVE)


def _plan(path: Path) -> Mapping[str, Any]:
    try:
        value = read_yaml(_read(path, LARGEST_PLAN), file=str(path)).value
    except InstrumentProblems as exc:
        if any(problem.code in _NO_MAPPING for problem in exc.problems):
            raise BadInput(
                f"{path}: A plan maps keys to values. Start with a line such as `primary: [trust]`."
            ) from exc
        raise
    return cast("Mapping[str, Any]", value)


def _read(path: Path, limit: int) -> str:
    try:
        if path.stat().st_size > limit:
            raise BadInput(f"{path}: The file has more than {limit} bytes. Split it.")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError as exc:
        raise BadInput(f"{path}: There is no such file. Check its name and folder.") from exc
    except IsADirectoryError as exc:
        raise BadInput(f"{path}: This is a folder. Name a file in it.") from exc
    except OSError as exc:
        raise BadInput(f"{path}: The file cannot be read ({exc.strerror}).") from exc
    except UnicodeDecodeError as exc:
        line = bytes(exc.object[: exc.start]).count(b"\n") + 1
        raise BadInput(
            f"{path}: Line {line} is not UTF-8 text. Save the file anew with the encoding UTF-8 "
            "(in Excel: CSV UTF-8)."
        ) from exc


def _with_file(message: str, names: Mapping[str, Path | None]) -> str:
    name, colon, rest = message.partition(": ")
    file = names.get(name)
    return f"{file}: {rest}" if colon and file else message


def _sentence(message: str) -> str:
    return message if message.endswith(".") else f"{message}."
