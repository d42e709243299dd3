"""Reads a posted form: percent-encoded, strict UTF-8, bounded, nothing guessed."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

from app.errors import BadInput

FORM_TYPE: Final = "application/x-www-form-urlencoded"
MOST_FIELDS: Final = 500

Form = dict[str, list[str]]


def read_form(body: bytes, content_type: str) -> Form:
    if content_type.partition(";")[0].strip().lower() != FORM_TYPE:
        raise BadInput(f"Send the form as {FORM_TYPE}.")
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError as exc:
        raise BadInput(
            f"The form could not be read: send at most {MOST_FIELDS} fields, in UTF-8."
        ) from exc
    form: Form = {}
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form
