"""Mistakes that change no result, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Key = tuple[str, str, str]

_QUICKER: Final = "a quicker way to the same number: without it the general one is taken"
_TAYLOR: Final = "analysis/variance/taylor.py"

# File, what stood there, what stands there now.
EXPLAINED: Final[Mapping[Key, str]] = {
    (
        "analysis/influence.py",
        "is_plain and design.lie_in_waves_of_their_own(rows)",
        "False",
    ): _QUICKER,
    (
        _TAYLOR,
        "independent and (not design.waves_share_psus) and (design.second_stage is None)",
        "False",
    ): _QUICKER,
    (_TAYLOR, "design.is_one_stratum_a_wave", "False"): _QUICKER,
    (_TAYLOR, "design.respondent_is_psu", "False"): _QUICKER,
    (_TAYLOR, "0", "1"): "any PSU of the wave names its stratum: there is one",
}
