"""Mistakes that change no result, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Key = tuple[str, str, str]

_QUICKER: Final = "a quicker way to the same number: without it the general one is taken"
_TAYLOR: Final = "analysis/variance/taylor.py"
_JACKKNIFE: Final = "analysis/variance/jackknife.py"

# File, the statement as it stands there, the statement with the mistake.
EXPLAINED: Final[Mapping[Key, str]] = {
    (
        "analysis/influence.py",
        "if is_plain and design.lie_in_waves_of_their_own(rows)",
        "if False",
    ): _QUICKER,
    (
        _TAYLOR,
        "if independent and (not design.waves_share_psus) and (design.second_stage is None)",
        "if False",
    ): _QUICKER,
    (_TAYLOR, "if design.is_one_stratum_a_wave", "if False"): _QUICKER,
    (_TAYLOR, "if design.respondent_is_psu", "if False"): _QUICKER,
    (
        _TAYLOR,
        "h = design.stratum_of_psu[totals.psu[0]]",
        "h = design.stratum_of_psu[totals.psu[1]]",
    ): "any PSU of the wave names its stratum: there is one",
    (
        _JACKKNIFE,
        "if design.strata_in_wave[design.wave_of(influence.rows[0])] == 1",
        "if design.strata_in_wave[design.wave_of(influence.rows[1])] == 1",
    ): "any row names the wave: all rows of the estimate lie in it",
    (
        _JACKKNIFE,
        "if any(((part.shares > _NEARLY_ALL).any() for part in totals))",
        "if any(((part.shares >= _NEARLY_ALL).any() for part in totals))",
    ): "a guard against rounding: no share lies on its very edge",
    (
        "analysis/estimates/total.py",
        "influence = np.zeros((len(design.weight), 1))",
        "influence = np.zeros((len(design.weight), 2))",
    ): "a second column of zeros leaves the variance of the first as it is",
    (
        "analysis/comparisons/difference.py",
        "return Part(influence, covariance, 0)",
        "return Part(influence, covariance, 1)",
    ): "without a variance nobody reads the degrees of freedom",
}
