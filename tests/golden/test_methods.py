"""Each other way of comparing two waves against R, on unweighted files and weighted designs."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.comparisons.contrast import Change
from analysis.comparisons.linked.mcnemar import mcnemar, switches_of
from analysis.comparisons.linked.overlapping_shares import overlapping_shares
from analysis.comparisons.linked.overlapping_t import correlation, overlapping_t
from analysis.comparisons.linked.paired_t import paired_t
from analysis.comparisons.linked.pairs import Pairs, pairs_of
from analysis.comparisons.linked.sign_test import sign_test
from analysis.comparisons.linked.signed_rank import signed_rank
from analysis.comparisons.means.equivalence import Equivalence, equivalence
from analysis.comparisons.means.welch import sample_of, student, welch
from analysis.comparisons.method import MethodComparison
from analysis.comparisons.ranks.brunner_munzel import brunner_munzel
from analysis.comparisons.ranks.mann_whitney import mann_whitney
from analysis.comparisons.shares.agresti_caffo import agresti_caffo
from analysis.comparisons.shares.fisher import TwoShares, fisher
from analysis.comparisons.shares.pearson import Pearson, pearson
from analysis.probability import chi_square_above, hedges_correction, normal_two_sided
from analysis.refusals import NotEstimable
from analysis.scales import score_scale
from tests.golden.cases import labels, load_case, numbers

FloatArray = NDArray[np.float64]
MARGIN: Final = 0.2


def _found(found: MethodComparison | NotEstimable) -> MethodComparison:
    assert isinstance(found, MethodComparison), found
    return found


def _waves(file: str, column: str) -> tuple[FloatArray, FloatArray]:
    values, wave = numbers(file, column), numbers(file, "wave")
    answered = ~np.isnan(values)
    return values[(wave == 0) & answered], values[(wave == 1) & answered]


def _change(found: MethodComparison) -> Change:
    assert found.estimate is not None
    assert found.statistic is not None
    assert found.df is not None
    assert found.p is not None
    assert found.ci95 is not None
    assert found.ci90 is not None
    se = found.estimate / found.statistic
    return Change(found.estimate, se, found.df, found.statistic, found.p, *found.ci95, *found.ci90)


def _equivalence(found: MethodComparison) -> Equivalence:
    told = equivalence(_change(found), MARGIN)
    assert isinstance(told, Equivalence)
    return told


def test_o01_welch_student_and_equivalence() -> None:
    items = numbers("d1_indep.csv", *(f"q{i}" for i in range(1, 7)))
    score, wave = score_scale(items, 4, [None] * 6), numbers("d1_indep.csv", "wave")
    before, after = (sample_of(score[(wave == w) & ~np.isnan(score)]) for w in (0, 1))
    assert not isinstance(before, NotEstimable)
    assert not isinstance(after, NotEstimable)
    found, pooled = _found(welch(before, after)), _found(student(before, after))
    told = _equivalence(found)
    computed = {
        "sd_pre": before.sd,
        "sd_post": after.sd,
        "diff": found.estimate,
        "t": found.statistic,
        "df": found.df,
        "p": found.p,
        "ci95": found.ci95,
        "ci90": found.ci90,
        "student_t": pooled.statistic,
        "student_p": pooled.p,
        "cohen_d": pooled.figures["cohen_d"],
        "hedges_g": pooled.figures["hedges_g"],
        "d_ci95_nct": [pooled.figures["cohen_d_low"], pooled.figures["cohen_d_high"]],
        "J_exact": hedges_correction(before.n + after.n - 2),
        "tost_margin": told.margin,
        "tost_p_lower": told.p_lower,
        "tost_p_upper": told.p_upper,
        "tost_p": told.p_equivalence,
        "mic_p_superior": told.p_rise,
        "glass_delta_pre": (found.estimate or 0) / before.sd,
    }
    assert load_case("O01").disagreements(computed) == []


def test_o02_ranks_of_one_item() -> None:
    waves = _waves("d1_indep.csv", "q2")
    mann, brunner = _found(mann_whitney(*waves)), _found(brunner_munzel(*waves))
    assert mann.statistic is not None
    computed = {
        "n_pre": mann.n[0],
        "n_post": mann.n[1],
        "U_post": mann.counts["u"],
        "mw_p_nocc": mann.p,
        "mw_p_cc": mann.figures["p_continuity"],
        "kw_H": mann.statistic**2,
        "kw_p": chi_square_above(mann.statistic**2, 1),
        "prob_superiority": mann.estimate,
        "bm_stat": brunner.statistic,
        "bm_df": brunner.df,
        "bm_p": brunner.p,
        "bm_ci95_probsup": brunner.ci95,
        "bm_est": brunner.estimate,
        "cliff_delta": brunner.figures["cliff_delta"],
    }
    assert load_case("O02").disagreements(computed) == []


def test_o03_two_shares_of_simple_random_samples() -> None:
    before, after = _waves("d1_indep.csv", "topbox_q1")
    table = TwoShares(int(before.sum()), len(before), int(after.sum()), len(after))
    exact, bounds = _found(fisher(table)), _found(agresti_caffo(table))
    counts = np.array([[before.sum(), after.sum()], [(1 - before).sum(), (1 - after).sum()]])
    by_counts = pearson(counts)
    assert isinstance(by_counts, Pearson)
    computed = {
        "fisher_p": exact.p,
        "odds_ratio_sample": exact.estimate,
        "agresti_caffo_ci": bounds.ci95,
        "rd": bounds.estimate,
        "chisq_nocc": by_counts.statistic,
        "p_chisq_nocc": by_counts.p,
    }
    assert load_case("O03").disagreements(computed) == []


def _pairs(column: str) -> Pairs:
    file = "d2_panel.csv"
    wave = numbers(file, "wave")
    rows = [np.flatnonzero(wave == w) for w in (0, 1)]
    return pairs_of(numbers(file, column), labels(file, "code"), *rows)


@pytest.mark.parametrize(("case_id", "column"), [("O04", "score"), ("O04b", "q3")])
def test_o04_people_who_answered_twice(case_id: str, column: str) -> None:
    pairs = _pairs(column)
    before, after = pairs.before, pairs.after
    paired, pratt = _found(paired_t(before, after)), _found(signed_rank(before, after))
    wilcoxon, sign = _found(signed_rank(before, after, "dropped")), _found(sign_test(before, after))
    figures = paired.figures
    computed = {
        "n_pairs": paired.n[0],
        "mean_diff": paired.estimate,
        "sd_diff": (paired.estimate or 0) / figures["dz"],
        "r": correlation(pairs),
        "t": paired.statistic,
        "df": paired.df,
        "p": paired.p,
        "ci95": paired.ci95,
        "dz": figures["dz"],
        "gz": figures["gz"],
        "d_av": figures["d_av"],
        "dz_ci95_nct": [figures["dz_low"], figures["dz_high"]],
        "tost_p": _equivalence(paired).p_equivalence,
        "n_zero": sign.counts["unmoved"],
        "pratt_z": pratt.statistic,
        "pratt_p": pratt.p,
        "wilcoxon_z": wilcoxon.statistic,
        "wilcoxon_p": wilcoxon.p,
        "wilcoxon_V": wilcoxon.counts["rank_sum_of_rises"],
        "wilcoxon_p_base": wilcoxon.p,
        "n_improved": sign.counts["ups"],
        "n_declined": sign.counts["downs"],
        "sign_test_p": sign.p,
    }
    assert load_case(case_id).disagreements(computed) == []


def test_o05_people_who_changed_their_answer() -> None:
    pairs = _pairs("top")
    found = _found(mcnemar(pairs.before, pairs.after))
    switches = switches_of(pairs.before, pairs.after)
    assert found.statistic is not None
    figures = found.figures
    computed = {
        "table": [switches.stayed_yes, switches.to_no, switches.to_yes, switches.stayed_no],
        "n_pairs": found.n[0],
        "rd": found.estimate,
        "chisq_nocc": found.statistic**2,
        "p_nocc": figures["p_chi_square"],
        "p_exact": figures["p_exact"],
        "p_midp": found.p,
        "bonett_price_ci": [figures["bonett_price_low"], figures["bonett_price_high"]],
        "newcombe_paired_ci": found.ci95,
        "or_cond": found.counts["to_yes"] / found.counts["to_no"],
    }
    assert load_case("O05").disagreements(computed) == []


def test_o06_some_people_answered_twice() -> None:
    pairs = _pairs("score")
    unequal, equal = _found(overlapping_t(pairs)), _found(overlapping_t(pairs, "equal"))
    computed = {
        "r_pairs": correlation(pairs),
        "n_both": len(pairs.before),
        "n_post_only": len(pairs.after_only),
        "n_pre_only": len(pairs.before_only),
        "diff": unequal.estimate,
        "po_t_unequal": unequal.statistic,
        "po_df_unequal": unequal.df,
        "po_p_unequal": unequal.p,
        "po_ci95_unequal": unequal.ci95,
        "po_t_equal": equal.statistic,
        "po_df_equal": equal.df,
        "po_p_equal": equal.p,
    }
    assert load_case("O06").disagreements(computed) == []


def test_o06c_some_people_answered_twice_with_yes_or_no() -> None:
    found = _found(overlapping_shares(_pairs("top")))
    computed = {"diff": found.estimate, "z8": found.statistic, "p": found.p, "ci95": found.ci95}
    assert load_case("O06c").disagreements(computed) == []


def test_o13_counts_over_categories() -> None:
    file = "d7_nominal_multi.csv"
    answers, wave = labels(file, "channel"), numbers(file, "wave")
    names, place = np.unique(answers, return_inverse=True)
    counts = np.array([np.bincount(place[wave == w]) for w in (0, 1)]).T.astype(float)
    found = pearson(counts)
    assert isinstance(found, Pearson)
    computed: dict[str, Any] = {
        "levels": list(map(str, names)),
        "counts_pre": counts[:, 0],
        "counts_post": counts[:, 1],
        "chisq": found.statistic,
        "df": found.df,
        "p": found.p,
        "G": found.likelihood_ratio,
        "cramers_v": found.cramers_v,
        "stdres_post": found.residuals[:, 1],
    }
    assert load_case("O13").disagreements(computed) == []
    assert math.isclose(normal_two_sided(found.residuals[3, 1]), 0.0689706, rel_tol=1e-4)
