"""Text as it may stand in a cell: no spreadsheet takes it for a formula.

Questions, options and names are typed by people. A cell that begins with one of these signs would
be computed when the file is opened, and could send what stands beside it to a stranger.
"""

from __future__ import annotations

import re
from typing import Final

# Signs that begin a formula, also in full width, as East Asian keyboards write them.
_SIGNS: Final = "=+\\-@\uff1d\uff0b\uff0d\uff20"
# What a program may skip before it looks at the first sign: controls, spaces, invisible signs.
_SKIPPED: Final = (
    "\x00-\x20\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff"
)
# A file that is split at the wrong sign begins a cell after each of these.
_BREAKS: Final = ";\t\r\n|"
_LIVE: Final = re.compile(rf"(?:^|(?<=[{_BREAKS}]))(?=[{_SKIPPED}\"]*[{_SIGNS}])")
_CONTROL_FIRST: Final = re.compile(r"[\x00-\x1f\x7f]")
_MARK: Final = "'"


def inert(text: str) -> str:
    """With an apostrophe before each sign that could begin a formula; all other text as it is."""
    marked = _LIVE.sub(_MARK, text)
    return _MARK + marked if _CONTROL_FIRST.match(marked) else marked
