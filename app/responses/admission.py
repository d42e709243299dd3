"""Which sheets of a batch their codes admit: decided under the lock of the codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Literal

from app.responses import store
from app.responses.store import CodeKey, KnownCode, SealedSheet, SheetKey

if TYPE_CHECKING:
    from sqlalchemy import Connection

Refused = Literal["code_unknown", "code_spent"]


def admit(connection: Connection, sheets: Sequence[SealedSheet]) -> list[SealedSheet | Refused]:
    """In the order given. A sheet that arrived before uses no code again, and is not refused."""
    keys = {key for sheet in sheets if sheet.coded and (key := code_key(sheet))}
    if not keys:
        return list(sheets)
    codes = store.lock_codes(connection, keys)
    present = store.arrived_before(connection, {s.key for s in sheets if s.coded})
    judged: list[SealedSheet | Refused] = []
    for sheet in sheets:
        key = code_key(sheet)
        if key is None or sheet.key in present:
            judged.append(sheet)
            continue
        verdict = _judge(sheet, codes.get(key))
        if isinstance(verdict, SealedSheet):
            present.add(sheet.key)
            codes[key] = codes[key]._replace(used=codes[key].used + 1)
        judged.append(verdict)
    return judged


def uses_of(admitted: Sequence[SealedSheet], added: Collection[SheetKey]) -> Counter[CodeKey]:
    """How often each code was used by the sheets that were added."""
    used = {sheet.key: key for sheet in admitted if sheet.coded and (key := code_key(sheet))}
    return Counter(key for sheet, key in used.items() if sheet in added)


def code_key(sheet: SealedSheet) -> CodeKey | None:
    return (sheet.agency_id, sheet.wave_id, sheet.coded.tag) if sheet.coded else None


def _judge(sheet: SealedSheet, code: KnownCode | None) -> SealedSheet | Refused:
    if code is None or sheet.coded is None:
        return "code_unknown"
    if code.kind == "test":
        return sheet._replace(ct=sheet.coded.ct_test)
    if code.used < code.most:
        return sheet
    if code.kind == "group":
        return sheet._replace(ct=sheet.coded.ct_over_cap)
    return "code_spent"
