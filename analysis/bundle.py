"""What an analyst downloads: both waves, their codebooks and the plan in one checked zip.

Standard library only: the app writes it, anyone's Python reads it.
"""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Protocol, cast

from analysis.codebook import Codebook

SCHEMA: Final = "rapport.bundle/1"
_MANIFEST: Final = "manifest.json"
_REQUIRED: Final = (
    "codebook_before.json",
    "codebook_after.json",
    "responses_before.csv",
    "responses_after.csv",
)
_OF_THE_PUBLIC: Final = {
    "derive.R": "the public bundle, which holds no answers (run derive.R in it)",
    "about.json": "the public-use file, in which answers were changed and left out",
}
_OPTIONAL: Final = ("plan.json", "initiative.json", "compare.R", "design.json", "computed.json")
_EARLIER: Final = re.compile(
    r"(?:codebook_earlier_([1-9]\d?)\.json|responses_earlier_([1-9]\d?)\.csv)"
)
_LARGEST_JSON: Final = 16 * 1024**2
_LARGEST_CSV: Final = 1024**3
_SMALLEST_ZIP_DATE: Final = (1980, 1, 1, 0, 0, 0)
_UNIX: Final = 3
_READABLE: Final = 0o644 << 16


class Sink(Protocol):
    """Where the bytes of a file go, from its first to its last."""

    def write(self, some: bytes, /) -> int: ...

    def flush(self) -> None: ...


class BundleError(ValueError):
    """A file that is no whole bundle; the message names the member and what is wrong with it."""


@dataclass(frozen=True, slots=True)
class EarlierWave:
    """A wave fielded before the after wave that a report does not compare, but sets beside."""

    codebook: Codebook
    responses: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """responses_*: CSV text, heading first. plan: None takes the default plan.

    script: R that compares the waves again; no comparison here reads it. earlier: further waves,
    called earlier_1 and so on in the facts of the initiative. design: how people were chosen and
    weighed. computed: the document that was made of all this; whoever makes it again compares.
    """

    codebook_before: Codebook
    codebook_after: Codebook
    responses_before: str
    responses_after: str
    plan: Mapping[str, Any] | None = None
    initiative: Mapping[str, Any] | None = None
    script: str | None = None
    earlier: tuple[EarlierWave, ...] = ()
    design: Mapping[str, Any] | None = None
    computed: Mapping[str, Any] | None = None


def write_bundle(bundle: Bundle, file: Path | Sink) -> None:
    """Writes equal bytes for equal bundles: fixed order, dates and permissions."""
    pack(SCHEMA, _members(bundle), file)


def write_bundle_of(
    responses: Mapping[str, Iterable[str]], rest: Callable[[], Bundle], file: Path | Sink
) -> None:
    """The same without holding the answers: pieces of CSV text by wave, written as they come.

    responses: by the names before, after, earlier_1 and so on; each piece in whole rows. rest: all
    but these, asked for after them.
    """

    def members() -> Iterator[tuple[str, Iterable[bytes]]]:
        for wave, pieces in responses.items():
            yield f"responses_{wave}.csv", (piece.encode() for piece in pieces)
        for name, content in _members(rest()).items():
            if not name.endswith(".csv"):
                yield name, (content,)

    _pack(SCHEMA, members(), file)


def pack(schema: str, members: Mapping[str, bytes], file: Path | Sink) -> None:
    """A zip of these members with a manifest: size and hash of each, and the rows of tables."""
    _pack(schema, ((name, (content,)) for name, content in members.items()), file)


def _pack(schema: str, members: Iterable[tuple[str, Iterable[bytes]]], file: Path | Sink) -> None:
    target = cast("Path | IO[bytes]", file)  # zipfile asks no more of it than a sink has
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        told = {name: _write_member(archive, name, pieces) for name, pieces in members}
        manifest = _json({"schema": schema, "members": told})
        _write_member(archive, _MANIFEST, (manifest,))


def _write_member(
    archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes]
) -> dict[str, str | int]:
    """What the manifest says of it."""
    entry = zipfile.ZipInfo(name, _SMALLEST_ZIP_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = _UNIX
    entry.external_attr = _READABLE
    digest, size, lines = hashlib.sha256(), 0, 0
    is_table = name.endswith(".csv")
    with archive.open(entry, "w") as member:
        for piece in pieces:
            member.write(piece)
            digest.update(piece)
            size += len(piece)
            lines += _lines(name, piece.decode()) if is_table else 0
    told: dict[str, str | int] = {"sha256": digest.hexdigest(), "bytes": size}
    return told | ({"rows": max(0, lines - 1)} if is_table else {})


def read_bundle(file: Path | IO[bytes]) -> Bundle:
    """Refuses (`BundleError`) what is no whole bundle.

    That is: no zip, a member missing, foreign or too large, or one that differs from the manifest
    in size, hash or number of rows.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            contents = _checked(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as exc:
        raise _no_zip(exc) from exc
    except OSError as exc:
        if exc.errno != errno.EINVAL:
            raise
        raise _no_zip(exc) from exc  # its directory names a place outside the file
    return Bundle(
        codebook_before=Codebook.from_dict(_mapping(contents, "codebook_before.json")),
        codebook_after=Codebook.from_dict(_mapping(contents, "codebook_after.json")),
        responses_before=contents["responses_before.csv"].decode(),
        responses_after=contents["responses_after.csv"].decode(),
        plan=_mapping(contents, "plan.json") if "plan.json" in contents else None,
        initiative=_mapping(contents, "initiative.json") if "initiative.json" in contents else None,
        script=contents["compare.R"].decode() if "compare.R" in contents else None,
        earlier=tuple(_earlier(contents)),
        design=_mapping(contents, "design.json") if "design.json" in contents else None,
        computed=_mapping(contents, "computed.json") if "computed.json" in contents else None,
    )


def _earlier(contents: Mapping[str, bytes]) -> Iterator[EarlierWave]:
    """Counted from 1 without a gap, each with both of its members."""
    names = sorted(name for name in contents if _EARLIER.fullmatch(name))
    for number in range(1, len(names) // 2 + 1):
        codebook, responses = _names_of(number)
        if codebook not in contents or responses not in contents:
            break
        yield EarlierWave(
            Codebook.from_dict(_mapping(contents, codebook)), contents[responses].decode()
        )
        names = [name for name in names if name not in (codebook, responses)]
    if names:
        raise BundleError(f"{names[0]} stands alone; download the bundle again")


def _names_of(number: int) -> tuple[str, str]:
    return f"codebook_earlier_{number}.json", f"responses_earlier_{number}.csv"


def _no_zip(reason: Exception) -> BundleError:
    return BundleError(f"this file is no whole zip ({reason}); download the bundle again")


def _members(bundle: Bundle) -> dict[str, bytes]:
    members = {
        "codebook_before.json": _json(bundle.codebook_before.to_dict()),
        "codebook_after.json": _json(bundle.codebook_after.to_dict()),
        "responses_before.csv": bundle.responses_before.encode(),
        "responses_after.csv": bundle.responses_after.encode(),
    }
    for number, wave in enumerate(bundle.earlier, 1):
        codebook, responses = _names_of(number)
        members |= {
            codebook: _json(wave.codebook.to_dict()),
            responses: wave.responses.encode(),
        }
    if bundle.plan is not None:
        members["plan.json"] = _json(bundle.plan)
    if bundle.initiative is not None:
        members["initiative.json"] = _json(bundle.initiative)
    if bundle.script is not None:
        members["compare.R"] = bundle.script.encode()
    if bundle.design is not None:
        members["design.json"] = _json(bundle.design)
    if bundle.computed is not None:
        members["computed.json"] = _json(bundle.computed)
    return members


def _json(document: Mapping[str, Any]) -> bytes:
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return text.encode() + b"\n"


def _rows(name: str, text: str) -> int:
    return max(0, _lines(name, text) - 1)


def _lines(name: str, text: str) -> int:
    """Without empty ones."""
    try:
        return sum(1 for row in csv.reader(io.StringIO(text, newline="")) if row)
    except csv.Error as exc:
        raise BundleError(f"{name} is no CSV ({exc})") from exc


def _checked(archive: zipfile.ZipFile) -> dict[str, bytes]:
    names = [entry.filename for entry in archive.infolist()]
    for name, what in _OF_THE_PUBLIC.items():
        if name in names:
            raise BundleError(f"this is {what}; what is compared again is the restricted bundle")
    for name in names:
        if name not in (_MANIFEST, *_REQUIRED, *_OPTIONAL) and not _EARLIER.fullmatch(name):
            raise BundleError(f"{name!r} does not belong in a bundle; this is another file")
        if names.count(name) > 1:
            raise BundleError(f"{name} stands twice in the bundle; download it again")
    for name in (_MANIFEST, *_REQUIRED):
        if name not in names:
            raise BundleError(f"{name} is missing; download the bundle again")
    contents = {name: _content(archive, name) for name in names}
    _check_manifest(contents)
    return contents


def _content(archive: zipfile.ZipFile, name: str) -> bytes:
    """Never more than the limit, whatever the zip's own record of sizes says."""
    limit = _LARGEST_CSV if name.endswith(".csv") else _LARGEST_JSON
    with archive.open(name) as member:
        content = member.read(limit + 1)
    if len(content) > limit:
        raise BundleError(f"{name} is larger than {limit // 1024**2} MiB; this is no bundle")
    try:
        content.decode()
    except UnicodeDecodeError as exc:
        raise BundleError(f"{name} is not UTF-8 text; download the bundle again") from exc
    return content


def _check_manifest(contents: Mapping[str, bytes]) -> None:
    manifest = _mapping(contents, _MANIFEST)
    if manifest.get("schema") != SCHEMA:
        raise BundleError(
            f"{_MANIFEST} says schema {manifest.get('schema')!r}; this program reads {SCHEMA!r}"
        )
    listed = manifest.get("members")
    if not isinstance(listed, dict) or set(listed) != contents.keys() - {_MANIFEST}:
        raise BundleError(f"{_MANIFEST} does not list the members that are there")
    for name, record in listed.items():
        _check_member(name, contents[name], record)


def _check_member(name: str, content: bytes, record: object) -> None:
    found: dict[str, object] = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }
    if name.endswith(".csv"):
        found["rows"] = _rows(name, content.decode())
    if record != found:
        raise BundleError(
            f"{name} is not what the manifest says ({found} found, {record} expected); it was "
            "cut or changed: download the bundle again"
        )


def _mapping(contents: Mapping[str, bytes], name: str) -> dict[str, Any]:
    try:
        document = json.loads(contents[name])
    except (ValueError, RecursionError) as exc:
        raise BundleError(f"{name} is no JSON ({exc}); download the bundle again") from exc
    if not isinstance(document, dict):
        raise BundleError(f"{name} must be a mapping")
    return document
