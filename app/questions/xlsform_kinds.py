"""Which kind of question a row of an XLSForm becomes, by its type."""

from collections.abc import Mapping
from typing import Final

KIND_OF_TYPE: Final[Mapping[str, str]] = {
    "select_one": "single_choice",
    "select_multiple": "multiple_choice",
    "integer": "number",
    "range": "number",
    "text": "long_text",
    "note": "information",
}
