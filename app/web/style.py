"""Style sheets that travel inside the page: made small once, and named to the browser by hash."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from markupsafe import Markup

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_QUOTED = re.compile(r"(\"[^\"]*\"|'[^']*')")
_SPACE = re.compile(r"\s+")
_AROUND = re.compile(r" ?([{};,>]) ?")
_AFTER_COLON = re.compile(r"(?<=[\w-]): (?=[^{}]*([;}]|$))")


@dataclass(frozen=True, slots=True)
class Style:
    """One inline style block. `source` is what the content security policy has to allow."""

    css: Markup
    source: str


def make_style(*sheets: str) -> Style:
    css = shrink("\n".join(sheets))
    if "<" in css:
        raise ValueError("a style sheet inside a page must not hold the sign <")
    digest = b64encode(sha256(css.encode()).digest()).decode()
    return Style(Markup(css), f"'sha256-{digest}'")  # noqa: S704 - our own sheets, refused above


def shrink(sheet: str) -> str:
    """Without comments and needless space; what stands in quotes is left alone."""
    parts = _QUOTED.split(_COMMENT.sub("", sheet))
    parts[::2] = [_squeezed(part) for part in parts[::2]]
    return "".join(parts).strip()


def _squeezed(css: str) -> str:
    small = _AROUND.sub(r"\1", _SPACE.sub(" ", css))
    return _AFTER_COLON.sub(":", small).replace(";}", "}")


def token_sheet() -> str:
    """The colours and measures that every page shares."""
    return read_sheet("app.web", "tokens.css")


def page_sheet() -> str:
    """The tokens and the plain page that resident and error pages start from."""
    return token_sheet() + read_sheet("app.web", "page.css")


@cache
def read_sheet(room: str, name: str) -> str:
    return (files(room) / "templates" / name).read_text(encoding="utf-8")
