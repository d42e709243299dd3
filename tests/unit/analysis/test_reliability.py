from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.one_factor import fit_one_factor, omega_influence
from analysis.refusals import NotEstimable, Refusal
from analysis.reliability import Omega, Reliability, reliability

Floats = NDArray[np.float64]


def scale(seed: int, n: int = 120, k: int = 4, loading: float = 0.8) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    return loading * rng.normal(size=(n, 1)) + np.sqrt(1 - loading**2) * rng.normal(size=(n, k))


def names(answers: Floats) -> list[str]:
    return [f"q{j}" for j in range(1, answers.shape[1] + 1)]


def found(answers: Floats, seed: int = 0, draws: int = 20) -> Reliability:
    result = reliability(answers, names(answers), np.random.default_rng(seed), draws)
    assert isinstance(result, Reliability)
    return result


def omega(answers: Floats, draws: int = 20) -> Omega:
    result = found(answers, draws=draws).omega
    assert isinstance(result, Omega)
    return result


def test_parallel_items_give_what_spearman_and_brown_foretold() -> None:
    """Correlations of exactly one half: alpha = k r / (1 + (k - 1) r), and omega is the same."""
    wanted = np.full((4, 4), 0.5) + 0.5 * np.eye(4)
    answers = scale(1)
    answers -= answers.mean(axis=0)
    answers = answers @ np.linalg.inv(np.linalg.cholesky(np.cov(answers, rowvar=False)).T)
    answers = answers @ np.linalg.cholesky(wanted).T
    assert found(answers).cronbach == pytest.approx(0.8)
    assert found(answers).standardised == pytest.approx(0.8)
    assert found(answers).average_correlation == pytest.approx(0.5)
    assert omega(answers).omega == pytest.approx(0.8)


def test_alpha_is_the_mean_over_all_ways_to_split_the_items_in_halves() -> None:
    """Cronbach's own result, with Rulon's split-half coefficient; nothing of our formula in it."""
    answers = np.round(scale(2) * 2)
    halves = []
    for half in itertools.combinations(range(4), 2):
        a = answers[:, half].sum(axis=1)
        b = np.delete(answers, half, axis=1).sum(axis=1)
        halves.append(4 * np.cov(a, b)[0, 1] / (a + b).var(ddof=1))
    assert found(answers).cronbach == pytest.approx(np.mean(halves))


def test_an_item_that_was_dropped_leaves_the_alpha_of_the_others() -> None:
    answers = scale(3)
    for j, item in enumerate(found(answers).items):
        rest = np.delete(answers, j, axis=1)
        assert item.cronbach_if_dropped == pytest.approx(found(rest).cronbach)
        correlation = np.corrcoef(answers[:, j], rest.sum(axis=1))[0, 1]
        assert item.rest_correlation == pytest.approx(correlation)
        assert item.mean == pytest.approx(answers[:, j].mean())


@given(st.integers(0, 10_000), st.floats(0.1, 10), st.randoms(use_true_random=False))
def test_unit_origin_and_order_change_nothing(seed: int, unit: float, random: object) -> None:
    answers = scale(seed, n=60)
    rows, columns = list(range(60)), list(range(4))
    random.shuffle(rows)  # type: ignore[attr-defined] # hypothesis gives a random.Random
    random.shuffle(columns)  # type: ignore[attr-defined] # the same
    moved = (answers * unit + np.array([1, -2, 0, 7]))[rows][:, columns]
    here, there = found(answers, draws=2), found(moved, draws=2)
    assert there.cronbach == pytest.approx(here.cronbach)
    assert there.interval == pytest.approx(here.interval)
    assert isinstance(here.omega, Omega) == isinstance(there.omega, Omega)
    if isinstance(here.omega, Omega) and isinstance(there.omega, Omega):
        assert there.omega.omega == pytest.approx(here.omega.omega, rel=1e-7)
        assert there.omega.loadings == pytest.approx(
            [here.omega.loadings[j] * unit for j in columns], rel=1e-6
        )


@given(st.integers(0, 10_000))
def test_all_items_turned_around_change_nothing(seed: int) -> None:
    answers = scale(seed, n=60)
    assert found(6 - answers, draws=2).cronbach == pytest.approx(found(answers, draws=2).cronbach)


def test_only_respondents_who_answered_every_item_count() -> None:
    answers = scale(4)
    holes = np.vstack([answers, np.full((3, 4), np.nan), [[1, 2, np.nan, 4]]])
    assert found(holes).n == 120
    assert found(holes).cronbach == found(answers).cronbach


def test_the_same_seed_gives_the_same_interval_and_it_encloses_omega() -> None:
    answers = scale(5, n=300)
    one = found(answers, seed=9, draws=200).omega
    assert one == found(answers, seed=9, draws=200).omega
    assert isinstance(one, Omega)
    assert isinstance(one.interval, tuple)
    low, high = one.interval
    assert low < one.omega < high


def test_the_bootstrap_interval_is_that_of_samples_drawn_one_by_one() -> None:
    """The fast way (blocks of products) against np.cov of rows drawn with replacement."""
    answers = scale(6, n=5_000)  # more than one block
    rng = np.random.default_rng(1)
    slow = [
        fit_one_factor(np.cov(answers[rng.integers(5_000, size=5_000)].T, bias=True)[None]).omega()
        for _ in range(400)
    ]
    fast = omega(answers, draws=400).interval
    assert fast == pytest.approx(np.quantile(slow, [0.025, 0.975]), abs=0.0015)


def test_low_alpha_redundant_items_and_items_that_run_backwards_are_flagged() -> None:
    loose = found(scale(7, loading=0.3))
    assert any("is under 0.70" in flag for flag in loose.flags)
    copies = found(scale(8, loading=0.99))
    assert copies.flags == (
        f"alpha {copies.cronbach:.2f} is above 0.95: some items may ask the same twice",
    )
    backwards = scale(9)
    backwards[:, 2] *= -1
    flags = found(backwards).flags
    assert any(flag.startswith("'q3' runs against the other items") for flag in flags)
    assert found(scale(10)).flags == ()


def test_two_items_have_alpha_and_neither_omega_nor_an_alpha_without_one() -> None:
    pair = found(scale(11, k=2))
    assert pair.cronbach > 0
    assert pair.omega == NotEstimable("one factor needs 3 items")
    assert pair.items[0].cronbach_if_dropped == NotEstimable("one item would be left")
    assert isinstance(found(scale(11, k=3)).items[0].cronbach_if_dropped, float)


def test_items_that_copy_each_other_have_alpha_and_no_omega() -> None:
    answers = scale(12, k=3)
    copied = np.column_stack([answers, answers[:, 0]])
    assert found(copied).omega == NotEstimable("some items follow from the others exactly")


def test_a_residual_variance_that_runs_to_zero_is_told_and_not_hidden() -> None:
    rng = np.random.default_rng(13)
    pair = rng.normal(size=(200, 1))
    answers = np.hstack([pair + 0.02 * rng.normal(size=(200, 1)), pair, rng.normal(size=(200, 2))])
    refused = found(answers).omega
    assert isinstance(refused, NotEstimable)
    assert "one factor does not fit: nothing of 'q" in refused.reason


def test_too_few_usable_draws_leave_omega_without_an_interval() -> None:
    """One respondent alone makes the last item vary: a third of the draws miss that one."""
    answers = np.column_stack([scale(14, n=40, k=3), np.eye(40)[0]])
    answers[0, :3] += 1
    interval = omega(answers, draws=200).interval
    assert isinstance(interval, NotEstimable)
    assert "too few samples" in interval.reason


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (scale(1, k=1), "a scale of one item"),
        (scale(1, n=29), "29 complete answers; reliability needs 30"),
        (scale(1, n=39, k=20), "39 complete answers; reliability needs 40"),
        (np.full((50, 3), np.nan), "0 complete answers"),
        (np.empty((0, 3)), "0 complete answers"),
        (np.column_stack([scale(1), np.full(120, 3.0)]), "everyone answers 'q5' alike"),
    ],
)
def test_what_cannot_be_judged_is_refused(answers: Floats, reason: str) -> None:
    refused = reliability(answers, names(answers), np.random.default_rng(0))
    assert isinstance(refused, NotEstimable)
    assert reason in refused.reason


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (np.ones(40), "answers of shape (40,) for 3 items"),
        (np.ones((40, 2)), "answers of shape (40, 2) for 3 items"),
        (np.where(np.eye(40, 3) == 1, np.inf, 2.0), "item 'q1', row 0: the answer is infinite"),
    ],
)
def test_bad_input_is_refused_by_name(answers: Floats, message: str) -> None:
    with pytest.raises(Refusal, match=re.escape(message)):
        reliability(answers, ["q1", "q2", "q3"], np.random.default_rng(0))


def test_many_matrices_at_once_are_fitted_like_each_alone() -> None:
    rng = np.random.default_rng(15)
    matrices = np.array(
        [np.cov(scale(s, n=50, k=5), rowvar=False) for s in rng.integers(0, 999, 30)]
    )
    together = fit_one_factor(matrices)
    assert together.settled.all()
    for i, matrix in enumerate(matrices):
        assert fit_one_factor(matrix[None]).loadings[0] == pytest.approx(together.loadings[i])


def test_every_fit_comes_to_rest_also_where_one_factor_is_a_poor_story() -> None:
    rng = np.random.default_rng(16)
    matrices = []
    for _ in range(500):
        loading = rng.uniform(-0.3, 0.9, 5)
        noise = np.sqrt(1 - loading**2) * rng.normal(size=(40, 5))
        matrices.append(np.cov(rng.normal(size=(40, 1)) * loading + noise, rowvar=False))
    fit = fit_one_factor(np.array(matrices))
    assert fit.settled.all()
    assert (fit.loadings.sum(axis=1) >= 0).all()


def test_no_other_fit_is_better() -> None:
    """The likelihood itself, at the fit and around it."""
    matrix = np.cov(scale(17, k=5), rowvar=False)
    fit = fit_one_factor(matrix[None])

    def discrepancy(loadings: Floats, residuals: Floats) -> float:
        sigma = np.outer(loadings, loadings) + np.diag(residuals)
        return float(np.linalg.slogdet(sigma)[1] + np.trace(matrix @ np.linalg.inv(sigma)))

    best = discrepancy(fit.loadings[0], fit.residuals[0])
    rng = np.random.default_rng(18)
    for _ in range(200):
        loadings = fit.loadings[0] * (1 + 0.02 * rng.normal(size=5))
        residuals = fit.residuals[0] * (1 + 0.02 * rng.normal(size=5))
        assert discrepancy(loadings, residuals) >= best


@pytest.mark.parametrize(("n", "k"), [(150, 4), (800, 6)])
def test_the_linearised_interval_of_omega_is_about_the_bootstraps(n: int, k: int) -> None:
    rng = np.random.default_rng(21)
    trust = rng.normal(size=(n, 1)) * np.linspace(0.6, 1.1, k)
    answers = np.clip(np.round(3 + trust + rng.normal(size=(n, k))), 1, 5)
    drawn = omega(answers, draws=600)
    quick = reliability(answers, names(answers))
    assert isinstance(quick, Reliability)
    assert isinstance(quick.omega, Omega)
    assert isinstance(quick.omega.interval, tuple)
    assert quick.omega.omega == drawn.omega
    half = np.ptp(quick.omega.interval) / 2
    assert quick.omega.interval == pytest.approx(drawn.interval, abs=0.25 * half)


@pytest.mark.parametrize("k", [3, 6])
def test_the_influence_on_omega_is_what_counting_someone_a_little_more_does(k: int) -> None:
    answers = np.round(2 * scale(19, k=k)) * np.linspace(1, 3, k)
    covariance = np.cov(answers, rowvar=False, bias=True)
    influence = omega_influence(answers, covariance, fit_one_factor(covariance[None]))
    assert isinstance(influence, np.ndarray)
    shift = 1e-4
    for person in range(0, len(answers), 10):
        more, less = (
            np.cov(answers, rowvar=False, aweights=_all_but(person, sign * shift), bias=True)
            for sign in (1, -1)
        )
        up, down = fit_one_factor(np.array([more, less])).omega()
        assert influence[person] == pytest.approx((up - down) / (2 * shift), rel=1e-4, abs=1e-7)


def _all_but(person: int, more: float) -> Floats:
    weight = np.ones(120)
    weight[person] += more
    return weight


def test_items_that_have_nothing_in_common_have_no_interval_of_omega() -> None:
    answers = np.array(list(itertools.product([1.0, 2, 3], repeat=4)))
    told = reliability(answers, names(answers))
    assert isinstance(told, Reliability)
    assert isinstance(told.omega, Omega)
    assert isinstance(told.omega.interval, NotEstimable)
    assert "nearly unrelated" in told.omega.interval.reason
