"""R's numbers that no test here compares, and why; a name stands for all that begins with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Reasons = Mapping[str, str]

# Whole cases: their files are not kept here.
CASES: Final[Reasons] = {
    "O06b": "mixed model by REML: takes answers as missing at random and knows no weights",
    "O10": "jackknife centred on the replicates' mean (R's mse = FALSE); ours is O10b",
    "O16a": "multi-group factor analysis: items are compared by ordinal-logistic regression, O16b",
}

_WALD: Final = "Wald's chi-square: unstable where few PSUs were drawn"
_DEFF: Final = "design effect of a mean: Kish's is shown, which needs no outcome"
_RAKED: Final = "interval with raking residuals: reports take weights as fixed"
_NEVER: Final = "never shown: another method serves the question better"

_CHI_SQUARE: Final = ("Wald_F", "Wald_p", "adjWald_F", "adjWald_p")


def _wald(prefix: str = "") -> dict[str, str]:
    return {f"{prefix} {name}".strip(): _WALD for name in _CHI_SQUARE}


NUMBERS: Final[Mapping[str, Reasons]] = {
    "O02": {
        "cliff_ci95_consistent_t": "Cliff's own interval: the one of Brunner and Munzel is shown",
        "cliff_var_unbiased": "the variance behind Cliff's own interval",
        "po_p_wald": "the p of a normal z: reports use t on the design's df",
    },
    "O03": {
        "risk_ratio": "a relative change is never told alone",
        "risk_ratio_ci_log": "a relative change is never told alone",
        "cohen_h": "the size of a change of shares is the difference itself",
    },
    "O04": {"d_avg_var": _NEVER},
    "O04b": {"d_avg_var": _NEVER},
    "O05": {"p_cc": "McNemar with continuity correction: the mid-p is shown"},
    "O07a": {"mean deff": _DEFF, **_wald("chi")},
    "O07b": {"mean deff": _DEFF, **_wald("chi")},
    "O07c": {"mean deff": _DEFF},
    "O08a": {"pre deff": _DEFF, "post deff": _DEFF},
    "O08b": _wald(),
    "O08e": {"ci_asin": _NEVER, "ci_xlogit": _NEVER},
    "O09a": {
        **{
            f"{wave} {name}": _RAKED
            for wave in ("pre_raked", "post_raked")
            for name in ("deff", "degf", "ci95_t", "n_valid")
        },
        "fixed_tt cov_by": "0, since the waves share nobody; see O01b",
        "fixed_tt degf": "one more than the df; see O01b",
    },
    "O09b": {
        **{
            f"{wave} {name}": _RAKED
            for wave in ("greg_post", "ps_post")
            for name in ("deff", "degf", "ci95_t", "n_valid")
        },
        **{
            f"trim_tt {name}": "follows from diff and se as in O01b"
            for name in ("cov_by", "df", "p", "ci95", "degf")
        },
    },
    "O11": {"hc2_se": "no clusters: CR2 is shown", "hc3_se": "no clusters: CR2 is shown"},
    "O13": _wald("weighted"),
    "O14": {"hochberg": "Hochberg's adjustment: Holm's holds under any dependence"},
    "O15": {
        "guttman_l6": _NEVER,
        "omega_total_obs_var": "omega over the observed variance: over the model's is shown",
        **dict.fromkeys(("cfa_chisq", "cfa_df", "cfi", "rmsea", "srmr"), "fit of one factor"),
    },
    "O16b": {"delta_r2_mcfadden_total": "Nagelkerke's is shown"},
    "O18": {"mde_t_n200_power.8": "R stops searching at 4 digits; test_power.py shows it"},
    "O20": _wald("chisq_q1"),
}
