"""Reads a posted form: percent-encoded, strict UTF-8, bounded, nothing guessed."""

from __future__ import annotations

from email.message import Message
from email.parser import HeaderParser
from typing import Final, NamedTuple
from urllib.parse import unquote_plus

from app.errors import BadInput

FORM_TYPE: Final = "application/x-www-form-urlencoded"
UPLOAD_TYPE: Final = "multipart/form-data"
MOST_FIELDS: Final = 500
MOST_PARTS: Final = 200
MOST_DIGITS: Final = 9

Form = dict[str, list[str]]


def read_form(body: bytes, content_type: str) -> Form:
    if content_type.partition(";")[0].strip().lower() != FORM_TYPE:
        raise BadInput("pages.form_type", type=FORM_TYPE)
    try:
        return _read(body.decode("ascii"))
    except ValueError as exc:
        raise BadInput("pages.many_fields", most=MOST_FIELDS) from exc


def _read(text: str) -> Form:
    """As urllib's parse_qsl does, many times as fast: most sheets hold no escape."""
    if text.count("&") >= MOST_FIELDS:
        raise ValueError("too many fields")
    has_escapes = "%" in text or "+" in text
    form: Form = {}
    for pair in text.split("&"):
        if pair:
            name, _, value = pair.partition("=")
            if has_escapes:
                name, value = _plain(name), _plain(value)
            if name in form:
                form[name].append(value)
            else:
                form[name] = [value]
    return form


def _plain(text: str) -> str:
    if "%" in text or "+" in text:
        return unquote_plus(text, errors="strict")
    return text


def whole_number(text: str) -> int | None:
    """From 0 on; None where none was typed. With more digits it is more than any bound allows."""
    digits = text.strip()
    if not digits.isdecimal():
        return None
    return int(digits) if len(digits) <= MOST_DIGITS else 10**MOST_DIGITS


class Upload(NamedTuple):
    """A file that came with a form. Its name is what the browser says, and nothing to rely on."""

    name: str
    content: bytes


def read_upload(body: bytes, content_type: str) -> tuple[Form, dict[str, Upload]]:
    """The fields and the files of a multipart form; a file that nobody chose is left out."""
    boundary = _described(f"Content-Type: {content_type}").get_boundary()
    if boundary is None:
        raise BadInput("pages.form_type", type=UPLOAD_TYPE)
    form: Form = {}
    files: dict[str, Upload] = {}
    parts = (b"\r\n" + body).split(f"\r\n--{boundary}".encode())[1:-1]
    if len(parts) > MOST_PARTS:
        raise BadInput("pages.many_parts", most=MOST_PARTS)
    for part in parts:
        head, _, content = part.partition(b"\r\n\r\n")
        described = _described(head.decode("utf-8", "replace").strip())
        name = described.get_param("name", header="content-disposition")
        file_name = described.get_filename()
        if not isinstance(name, str):
            raise BadInput("pages.nameless_part")
        if file_name is None:
            form.setdefault(name, []).append(_as_text(content))
        elif content:
            files[name] = Upload(file_name, content)
    return form, files


def _described(head: str) -> Message:
    return HeaderParser().parsestr(head, headersonly=True)


def _as_text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as exc:
        raise BadInput("pages.form_not_utf8") from exc
