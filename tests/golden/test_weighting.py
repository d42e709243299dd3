from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.refusals import NotEstimable
from analysis.weighting.calibration import calibrate, calibration_residuals
from analysis.weighting.effective_size import effective_size
from analysis.weighting.levels import NOT_GIVEN, Target, target_of_wave
from analysis.weighting.poststratification import poststratify
from analysis.weighting.raking import rake, raking_residuals
from analysis.weighting.trimming import trim_strictly
from tests.golden.cases import labels, load_case, numbers

WAVE = numbers("d4_rake.csv", "wave")
SCORE = numbers("d4_rake.csv", "score")
BASE = np.ones(400)


def targets(wave: int, *variables: str) -> list[Target]:
    margin, level = labels("d4_margins.csv", "var"), labels("d4_margins.csv", "level")
    share = numbers("d4_margins.csv", "share")
    made = []
    for variable in variables:
        names = level[margin == variable]
        answers = labels("d4_rake.csv", variable)[wave == WAVE]
        position = (answers[:, None] == names).argmax(axis=1)
        made.append(Target(variable, tuple(names), position, share[margin == variable]))
    return made


def raked(wave: int) -> NDArray[np.float64]:
    weights = rake(BASE, targets(wave, "age", "sex", "race"))
    assert not isinstance(weights, NotEstimable)
    return weights


def mean_and_influence(
    y: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64]]:
    """The weighted mean of the answered scores, and u_i with 0 where there is no score."""
    answered = ~np.isnan(y)
    w = np.where(answered, weights, 0)
    mean = float(w @ np.where(answered, y, 0) / w.sum())
    return mean, w * (np.where(answered, y, 0) - mean * answered) / w.sum()


def se(influence: NDArray[np.float64]) -> float:
    n = len(influence)
    return float(np.sqrt(n / (n - 1) * ((influence - influence.mean()) ** 2).sum()))


def kish(weights: NDArray[np.float64]) -> dict[str, float]:
    size = effective_size(weights)
    return {
        "n": size.n,
        "sum_w": size.total,
        "deff_kish": size.deff,
        "n_eff": size.n_eff,
        "cv_w": size.cv,
        "max_over_median": size.max_over_median,
    }


def fixed(weights: NDArray[np.float64]) -> dict[str, Any]:
    """Both waves and the change, weights taken as fixed."""
    parts = [mean_and_influence(SCORE[w == WAVE], weights[w == WAVE]) for w in (0, 1)]
    ses = [se(u) for _, u in parts]
    diff = parts[1][0] - parts[0][0]
    se_diff = float(np.hypot(*ses))
    return {
        "mean_by": [m for m, _ in parts],
        "se_by": ses,
        "diff": diff,
        "se": se_diff,
        "t": diff / se_diff,
    }


def test_o09a_raking_and_the_variance_that_credits_it() -> None:
    before, after = raked(0), raked(1)
    computed: dict[str, Any] = {
        "weights_first20_wave0": before[:20],
        "weights_first20_wave1": after[:20],
        "weight_sumsq": [before @ before, after @ after],
        "kish_pre": kish(before),
        "kish_post": kish(after),
        "fixed_tt": fixed(np.concatenate([before, after])),
    }
    for name, wave, weights in (("pre_raked", 0, before), ("post_raked", 1, after)):
        mean, u = mean_and_influence(SCORE[wave == WAVE], weights)
        residual = raking_residuals(u, weights, BASE, targets(wave, "age", "sex", "race"))
        computed[name] = {"mean": mean, "se": se(residual)}
    assert load_case("O09a").disagreements(computed) == []


def test_o09b_trimming() -> None:
    trimmed = trim_strictly(np.concatenate([raked(0), raked(1)]), 0.3, 3)
    assert not isinstance(trimmed, NotEstimable)
    computed = {
        "trim_kish": kish(trimmed),
        "trim_first20": trimmed[:20],
        "trim_tt": fixed(trimmed),
    }
    assert load_case("O09b").disagreements(computed) == []


def test_o09b_linear_calibration() -> None:
    margins = targets(1, "age", "sex", "race")
    weights = calibrate(BASE, margins)
    assert not isinstance(weights, NotEstimable)
    mean, u = mean_and_influence(SCORE[WAVE == 1], weights)
    residual = calibration_residuals(u, weights, BASE, margins)
    computed = {"greg_post": {"mean": mean, "se": se(residual)}, "greg_first20": weights[:20]}
    assert load_case("O09b").disagreements(computed) == []


def test_o09b_post_stratification() -> None:
    (age,) = targets(1, "age")
    weights = poststratify(BASE, age)
    assert not isinstance(weights, NotEstimable)
    mean, u = mean_and_influence(SCORE[WAVE == 1], weights)
    residual = raking_residuals(u, weights, BASE, [age])
    computed = {"ps_post": {"mean": mean, "se": se(residual)}, "ps_first20": weights[:20]}
    assert load_case("O09b").disagreements(computed) == []


def test_w01_demographics_that_some_did_not_give() -> None:
    file, margins = "d9_not_given.csv", targets(0, "age", "sex", "race")
    wave, score = numbers(file, "wave"), numbers(file, "score")
    computed = {}
    for name, code in (("before", 0), ("after", 1)):
        here = wave == code
        base = numbers(file, "basew")[here]
        wanted = [
            target_of_wave(
                margin.variable,
                margin.labels,
                _given(labels(file, margin.variable)[here], margin.labels),
                margin.shares,
                base,
            )
            for margin in margins
        ]
        weights = rake(base, wanted)
        assert not isinstance(weights, NotEstimable)
        mean, u = mean_and_influence(score[here], weights)
        computed[name] = {
            "target_age": wanted[0].shares,
            "target_sex": wanted[1].shares,
            "weights_first20": weights[:20],
            "weight_sumsq": weights @ weights,
            "deff_kish": effective_size(weights).deff,
            "age_shares": wanted[0].shares_under(weights),
            "mean": mean,
            "se_fixed": se(u),
        }
    assert load_case("W01").disagreements(computed) == []


def _given(answers: NDArray[np.str_], names: tuple[str, ...]) -> NDArray[np.int64]:
    return np.array([names.index(a) if a else NOT_GIVEN for a in answers])
