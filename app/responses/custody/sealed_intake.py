"""The sealed sheets of a closed wave as its partner downloads them: a head, then a line a sheet.

The head carries all that is needed to open and judge them elsewhere, how many there are, and a hash
over their ids, so that nobody can leave one out unnoticed.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from app.errors import BadInput
from app.instruments.version import freeze, thaw
from app.privacy.fingerprints import hash_rows
from app.questions.contract import AreaChoice
from app.responses.checking import Asked

if TYPE_CHECKING:
    from app.questions.schema import WaveKind

FORMAT: Final = "rapport.sealed-intake/1"
LONGEST_LINE: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class SealedIntake:
    """What the head says. `ids_hash` is over the ids of the sheets in their order."""

    wave_id: str
    public_key: bytes
    sheets: int
    ids_hash: str
    asked: Asked

    def head(self) -> bytes:
        asked = self.asked
        return _line(
            {
                "format": FORMAT,
                "wave": self.wave_id,
                "public": self.public_key.hex(),
                "sheets": self.sheets,
                "ids_sha256": self.ids_hash,
                "kind": asked.wave_kind,
                "languages": sorted(asked.languages),
                "areas": [{"code": area.code, "name": dict(area.name)} for area in asked.areas],
                "instrument": freeze(asked.instrument).document,
            }
        )


def hash_ids(ids: Iterable[bytes]) -> str:
    return hash_rows(ids)


def sheet_line(sheet_id: bytes, ct: bytes) -> bytes:
    return _line({"id": sheet_id.hex(), "ct": b64encode(ct).decode()})


def read_head(line: bytes) -> SealedIntake:
    head = _read(line)
    try:
        if head["format"] != FORMAT:
            raise _other_file()
        asked = Asked(
            instrument=thaw(head["instrument"]),
            wave_kind=cast("WaveKind", head["kind"]),
            languages=frozenset(head["languages"]),
            areas=tuple(AreaChoice(area["code"], area["name"]) for area in head["areas"]),
        )
        public_key = bytes.fromhex(head["public"])
        return SealedIntake(
            str(head["wave"]), public_key, int(head["sheets"]), head["ids_sha256"], asked
        )
    except (ValueError, TypeError, KeyError) as exc:
        raise _other_file() from exc


def read_sheets(lines: Iterable[bytes], intake: SealedIntake) -> Iterator[bytes]:
    """The sealed sheets one by one; after the last, refuses when any is missing or too many."""
    ids: list[bytes] = []
    for line in lines:
        sheet = _read(line)
        try:
            sheet_id, ct = bytes.fromhex(sheet["id"]), b64decode(sheet["ct"], validate=True)
        except (ValueError, TypeError, KeyError) as exc:
            raise _other_file() from exc
        ids.append(sheet_id)
        yield ct
    if len(ids) != intake.sheets or hash_ids(sorted(ids)) != intake.ids_hash:
        raise BadInput("count.other_intake", arrived=len(ids), named=intake.sheets)


def _line(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _read(line: bytes) -> dict[str, Any]:
    try:
        document: Any = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise _other_file() from exc
    if not isinstance(document, dict):
        raise _other_file()
    return document


def _other_file() -> BadInput:
    return BadInput("count.intake_cut")
