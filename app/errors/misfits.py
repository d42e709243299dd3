"""What does not fit, in the reader's language: what pydantic and csv say of it is English."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from typing import Any, Final

from app.errors.sentences import Phrase

OWN_PHRASES: Final = "phrases"  # where a model of ours refused: what is wrong, and the remedy
# By the type of pydantic's error. A place of the sentence is filled from the context of the error.
_NAMES: Final[Mapping[str, str]] = {
    "missing": "missing",
    "extra_forbidden": "unknown",
    "none_required": "nothing_here",
    "string_type": "text",
    "string_too_short": "text_short",
    "string_too_long": "text_long",
    "string_pattern_mismatch": "pattern",
    "int_type": "whole_number",
    "int_parsing": "whole_number",
    "int_from_float": "whole_number",
    "int_parsing_size": "long_number",
    "float_type": "any_number",
    "float_parsing": "any_number",
    "finite_number": "any_number",
    "bool_type": "true_or_false",
    "bool_parsing": "true_or_false",
    "greater_than": "above",
    "greater_than_equal": "at_least",
    "less_than": "below",
    "less_than_equal": "at_most",
    "literal_error": "one_of",
    "enum": "one_of",
    "too_short": "few_parts",
    "too_long": "many_parts",
    "list_type": "list",
    "tuple_type": "list",
    "dict_type": "mapping",
    "mapping_type": "mapping",
    "model_type": "mapping",
    "model_attributes_type": "mapping",
    "date_type": "day",
    "date_parsing": "day",
    "date_from_datetime_parsing": "day",
    "date_from_datetime_inexact": "day",
    "datetime_type": "moment",
    "datetime_parsing": "moment",
    "datetime_from_date_parsing": "moment",
    "json_invalid": "json",
    "json_type": "json",
}
_BOUNDS: Final = {
    "gt": "bound",
    "ge": "bound",
    "lt": "bound",
    "le": "bound",
    "min_length": "least",
    "max_length": "most",
    "pattern": "pattern",
}
_CSV: Final = {
    "unexpected end of data": "quote_open",
    "expected after": "after_quote",
    "field larger": "long_cell",
}
_CHOICE: Final = re.compile(r"'[^']*'|-?\d+|true|false", re.IGNORECASE)


def told_misfit(error: Mapping[str, Any]) -> Phrase:
    """One of the errors that pydantic lists."""
    context = error.get("ctx", {})
    if OWN_PHRASES in context:
        own: Phrase = context[OWN_PHRASES][0]
        return own
    values = {place: context[name] for name, place in _BOUNDS.items() if name in context}
    if "expected" in context:
        values["known"] = _CHOICE.findall(context["expected"])
    return Phrase(f"misfits.{_NAMES.get(error['type'], 'other')}", **values)


def told_csv_fault(fault: csv.Error) -> Phrase:
    """Why a line is none of a table."""
    name = next((name for words, name in _CSV.items() if words in str(fault)), "other")
    return Phrase(f"misfits.csv_{name}")
