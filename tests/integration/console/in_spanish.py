"""Every page that staff can reach by links, in Spanish, and the English that is left on them."""

from __future__ import annotations

import html
import re
from typing import Final

from tests.integration.accounts.staff_site import Browser
from tests.integration.reports.waves import STATEMENT

# Words of no Spanish sentence. A name that staff typed in English must not hold one.
ENGLISH: Final = re.compile(
    r"\b(the|of|and|is|are|with|this|was|were|be|for|by|from|has|have|it|an|to|that|which|on|at)\b"
)
# What stays English on purpose: a name, and what staff and shipped samples have written.
OWN_WORDS: Final = re.compile(
    r"American Association for Public Opinion Research|Riverside Police and Neighbours"
    rf"|Ana Ruiz: the council reads them this week|{re.escape(STATEMENT)}"
)
_LINK: Final = re.compile(r'href="(/staff[^"#]*)"')
_SILENT: Final = re.compile(r"<(code|style|script|title)\b.*?</\1>", re.DOTALL)
_TAG: Final = re.compile(r"<[^>]*>")
_TOLD: Final = re.compile(r'(?:aria-label|alt|placeholder|title)="([^"]*)"')


def english_left(page: str) -> list[str]:
    """Each run of words of a page that holds an English one."""
    shown = _SILENT.sub("", page)
    words = map(html.unescape, [*_TAG.split(shown), *_TOLD.findall(shown)])
    return [told.strip() for told in words if ENGLISH.search(OWN_WORDS.sub("", told))]


def walk_in_spanish(browser: Browser, start: str) -> set[str]:
    """The addresses that links lead to; on none of them is any English left."""
    found: dict[str, list[str]] = {}
    waiting = [start]
    while waiting:
        address = waiting.pop()
        if address in found or address.endswith("sign-out"):
            continue
        reply = browser.get(address, **{"accept-language": "es"})
        assert reply.status_code == 200, address
        is_page = reply.headers["content-type"].startswith("text/html")
        found[address] = english_left(reply.text) if is_page else []
        waiting += map(html.unescape, _LINK.findall(reply.text)) if is_page else ()
    assert {address: left for address, left in found.items() if left} == {}
    return set(found)
