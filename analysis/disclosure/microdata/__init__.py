"""Single answers that may be passed on: the public-use file of rule R9."""

from analysis.disclosure.microdata.public_use import (
    LEAST_ALIKE,
    LEAST_DIFFERENT,
    WITHHELD,
    Codes,
    Identifier,
    PublicUse,
    public_use_file,
)

__all__ = [
    "LEAST_ALIKE",
    "LEAST_DIFFERENT",
    "WITHHELD",
    "Codes",
    "Identifier",
    "PublicUse",
    "public_use_file",
]
