"""Spoils good input the ways that accidents and attackers do. Seeded: a failure comes again."""

from __future__ import annotations

import hashlib
import io
import json
import random
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Final

NASTY: Final[Sequence[bytes]] = (
    b"",
    b"\0",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    "\u202e\u2066\ufeff".encode(),
    "e\u0301\u0489\U0001f9d1\u200d\U0001f692".encode(),
    b"-1",
    b"9" * 400,
    b"1e999",
    b"NaN",
    b"-Infinity",
    b"true",
    b"null",
    b"[" * 3000,
    b"{" * 200,
    b'{"a":' * 2000,
    b"&a [*a, *a]",
    b"<<: *a",
    b"!!python/object:os.system x",
    b"? - ? -",
    b"'" * 99,
    b'"\\ud800"',
    b"=HYPERLINK(1)",
    b"../../etc/passwd",
    b"\r\n\r\n",
    b"\x1b[31m",
    b",,,,\n",
    b"A" * 70_000,
)
_WORD: Final = re.compile(rb"[A-Za-z_]\w*|\d+|[^\sA-Za-z\d]")

Spoiling = Callable[[bytes, random.Random], bytes]


def _place(content: bytes, rng: random.Random) -> int:
    return rng.randrange(len(content) + 1)


def _flip(content: bytes, rng: random.Random) -> bytes:
    spoiled = bytearray(content or b"x")
    for _ in range(rng.randint(1, 8)):
        spoiled[rng.randrange(len(spoiled))] ^= 1 << rng.randrange(8)
    return bytes(spoiled)


def _cut(content: bytes, rng: random.Random) -> bytes:
    return content[: _place(content, rng)]


def _remove(content: bytes, rng: random.Random) -> bytes:
    start = _place(content, rng)
    return content[:start] + content[start + rng.randint(1, 200) :]


def _repeat(content: bytes, rng: random.Random) -> bytes:
    start = _place(content, rng)
    part = content[start : start + rng.randint(1, 300)]
    return content[:start] + part * rng.randint(2, 30) + content[start:]


def _insert(content: bytes, rng: random.Random) -> bytes:
    start = _place(content, rng)
    return content[:start] + rng.choice(NASTY) + content[start:]


def _swap_words(content: bytes, rng: random.Random) -> bytes:
    words = list(_WORD.finditer(content))
    if not words:
        return rng.choice(NASTY)
    one, other = rng.choice(words), rng.choice([*words, None])
    instead = rng.choice(NASTY) if other is None or rng.random() < 0.5 else other.group()
    return content[: one.start()] + instead + content[one.end() :]


def _swap_lines(content: bytes, rng: random.Random) -> bytes:
    lines = content.split(b"\n")
    one, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


SPOILINGS: Final[Sequence[Spoiling]] = (
    _flip,
    _cut,
    _remove,
    _repeat,
    _insert,
    _swap_words,
    _swap_words,
    _swap_lines,
)


def spoil(content: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.choice((1, 1, 2, 4))):
        content = rng.choice(SPOILINGS)(content, rng)
    return content


def spoil_bundle(content: bytes, rng: random.Random) -> bytes:
    """One member, and a manifest that vouches for it: an attacker can write both."""
    members = _members(content)
    name = rng.choice([name for name in members if name != "manifest.json"])
    members[name] = spoil(members[name], rng)
    manifest = json.loads(members["manifest.json"])
    record = manifest["members"][name]
    record["sha256"] = hashlib.sha256(members[name]).hexdigest()
    record["bytes"] = len(members[name])
    if "rows" in record:
        record["rows"] = max(0, sum(bool(line) for line in members[name].splitlines()) - 1)
    members["manifest.json"] = json.dumps(manifest).encode()
    return _packed(members)


def spoil_archive(content: bytes, rng: random.Random) -> bytes:
    """Half the time the zip itself, else one of its members, packed again with care."""
    if rng.random() < 0.5:
        return spoil(content, rng)
    members = _members(content)
    name = rng.choice(list(members))
    members[name] = spoil(members[name], rng)
    if rng.random() < 0.1:
        members[rng.choice(("../x", "extra.xml", name + "2"))] = rng.choice(NASTY)
    return _packed(members)


def _members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def _packed(members: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, inside in members.items():
            archive.writestr(member, inside)
    return packed.getvalue()
