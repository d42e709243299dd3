"""Tells what pydantic found wrong in the words of the catalogue, with the line."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, get_args

from pydantic import BaseModel

from app.errors import Phrase
from app.errors.misfits import OWN_PHRASES, told_misfit
from app.instruments.load.problems import InstrumentProblem, problem, told
from app.instruments.model import Instrument
from app.instruments.texts import Place, told_place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from app.instruments.load.strict_yaml import YamlDocument

LONGEST_EXCERPT: Final = 60
MOST_TOLD: Final = 200
UNKNOWN_SET: Final = "unknown_option_set"


def tell(exc: ValidationError, document: YamlDocument, file: str) -> Iterator[InstrumentProblem]:
    errors = exc.errors(include_url=False)
    sets_failed = any(error["loc"][:1] == ("option_sets",) for error in errors)
    wholes = {error["loc"][:n] for error in errors for n in range(len(error["loc"]))}
    for error in islice(errors, MOST_TOLD):
        if sets_failed and error["type"] == UNKNOWN_SET:
            continue  # the set exists; its own problem is told
        if error["type"] == "too_short" and error["loc"] in wholes:
            continue  # short of parts only because these have problems of their own
        yield _problem(error, document, file)


def _problem(error: ErrorDetails, document: YamlDocument, file: str) -> InstrumentProblem:
    path = document.path_of(error["loc"])
    line = document.line_of(path)
    where = _where(path)
    context = error.get("ctx", {})
    if OWN_PHRASES in context:
        message, remedy = context[OWN_PHRASES]
        at = Phrase("survey_files.at", where=where, what=message)
        return told(file, line, error["type"], at, remedy)
    code, details = _code_of(error, path, context)
    return problem(file, line, code, **{"where": where, **details})


def _code_of(
    error: ErrorDetails, path: Place, context: dict[str, Any]
) -> tuple[str, dict[str, object]]:
    match error["type"]:
        case "missing":
            return "missing_key", {"key": error["loc"][-1]}
        case "extra_forbidden":
            key = str(path[-1])
            return "unknown_key", {"where": _where(path[:-1]), "key": key, "advice": _advice(key)}
        case "union_tag_invalid":
            known = context["expected_tags"].replace("'", "")
            return "unknown_kind", {"kind": context["tag"], "known": known}
        case "union_tag_not_found" if context["discriminator"] == "'kind'":
            return "missing_key", {"key": "kind"}
        case "union_tag_not_found":
            return "not_a_condition", {}
    return "wrong_value", {"value": _excerpt(error["input"]), "what": told_misfit(error)}


def _where(path: Place) -> str | Phrase:
    return told_place(path) or Phrase("survey_files.whole_file")


def _excerpt(value: object) -> str | Phrase:
    if isinstance(value, dict):
        return Phrase("survey_files.a_mapping")
    if isinstance(value, list | tuple):
        return Phrase("survey_files.a_list")
    if value is None:
        return Phrase("survey_files.nothing")
    written = repr(value)
    return written if len(written) <= LONGEST_EXCERPT else written[:LONGEST_EXCERPT] + "..."


def _advice(key: str) -> Phrase:
    if key in _known_keys():
        return Phrase("survey_files.advice_misplaced")
    near = get_close_matches(key, _known_keys(), n=1)
    if near:
        return Phrase("survey_files.advice_near", near=near[0])
    return Phrase("survey_files.advice_unknown")


@cache
def _known_keys() -> tuple[str, ...]:
    keys: set[str] = set()
    _collect(Instrument, keys, set())
    return tuple(sorted(keys))


def _collect(annotation: Any, keys: set[str], seen: set[type[BaseModel]]) -> None:
    """The keys of every model that can be reached from this annotation."""
    for part in get_args(annotation):
        _collect(part, keys, seen)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation in seen:
            return
        seen.add(annotation)
        for name, field in annotation.model_fields.items():
            keys.add(field.alias or name)
            _collect(field.annotation, keys, seen)
