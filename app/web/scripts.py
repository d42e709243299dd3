"""Script files: made small once, named by their content, kept by the browser for good."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.web.compression import Coding, choose_coding, compress_well
from app.web.headers import POLICY_HEADER

_SCOPE: Final = "service-worker-allowed"
_NAME_LENGTH: Final = 12
_COMMENT: Final = re.compile(r"^\s*//.*$", re.MULTILINE)
# Texts and patterns stay as they are. A pattern is told from a division by the space after that.
_LITERAL: Final = re.compile(
    r"""("[^"\n]*"|`[^`\n]*`|/(?![ /])(?:\\.|\[[^\]]*\]|[^/\n\\])+/[gi]*(?=[.,)]))"""
)
_LINES: Final = re.compile(r"\s*\n\s*")
_SIGNS: Final = re.compile(r" *([{}()\[\]=,;:?<>&|+*!]) *")
_BROKEN_LINES: Final = re.compile(r"(?<=[{(\[,;:?=&|])\n|\n(?=[})\].:?])")
_FOREVER: Final = "public, max-age=31536000, immutable"
# A worker asks its own server and loads nothing; a script in a page obeys the policy of the page.
_WORKER_POLICY: Final = "default-src 'none'; connect-src 'self'"


@dataclass(frozen=True, slots=True)
class Script:
    """`name` changes with the content, so that a kept copy is never an outdated one."""

    name: str
    plain: bytes
    packed: Mapping[Coding, bytes]


def make_script(room: str, *names: str) -> Script:
    """Several files as one, so that a page asks once."""
    texts = [(files(room) / "static" / name).read_text(encoding="utf-8") for name in names]
    plain = small("\n".join(texts)).encode()
    digest = sha256(plain).hexdigest()[:_NAME_LENGTH]
    return Script(f"{digest}.js", plain, compress_well(plain))


def small(source: str) -> str:
    """Without comments (which have lines of their own) and needless space; for our own files."""
    pieces = _LITERAL.split(_COMMENT.sub("", source))
    pieces[::2] = [_squeezed(piece) for piece in pieces[::2]]
    return "".join(pieces).strip()


def _squeezed(code: str) -> str:
    return _BROKEN_LINES.sub("", _SIGNS.sub(r"\1", _LINES.sub("\n", code)))


def script_reply(request: Request, script: Script, *, worker_scope: str | None = None) -> Response:
    """`worker_scope` is the part of the site for which it may be a worker.

    Only such a script is kept by the browser: it is asked for by the name of its content.
    """
    sent = {
        "content-type": "text/javascript; charset=utf-8",
        POLICY_HEADER: _WORKER_POLICY,
        "permissions-policy": "",  # the page's policy rules what its script may use
        "vary": "accept-encoding",
    }
    if worker_scope is not None:
        sent |= {"cache-control": _FOREVER, _SCOPE: worker_scope}
    coding = choose_coding(request.headers.get("accept-encoding", ""))
    if coding:
        return Response(script.packed[coding], headers=sent | {"content-encoding": coding})
    return Response(script.plain, headers=sent)
