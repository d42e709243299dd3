from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.refusals import NotEstimable, Refusal
from analysis.weighting.composition import composition
from analysis.weighting.levels import NOT_GIVEN, Target
from analysis.weighting.margins import Margin
from analysis.weighting.wave_weights import WaveSample, Weighting, WeightingRule, weigh_waves

AGE = Margin("age", ("18-34", "35-54", "55+"), np.array([0.31, 0.36, 0.33]), is_ordered=True)
SEX = Margin("sex", ("F", "M"), np.array([0.51, 0.49]))


def sample(
    seed: int, n: int = 400, silent: float = 0.0, ages: tuple[float, ...] = (0.2, 0.35, 0.45)
) -> WaveSample:
    rng = np.random.default_rng(seed)
    age = rng.choice(3, n, p=ages)
    age[rng.random(n) < silent] = NOT_GIVEN
    return WaveSample(rng.uniform(0.8, 1.2, n), {"age": age, "sex": rng.integers(0, 2, n)})


def weighed(
    before: WaveSample, after: WaveSample, margins: list[Margin], rule: WeightingRule | None = None
) -> Weighting:
    weighting = weigh_waves(before, after, margins, rule)
    assert isinstance(weighting, Weighting)
    return weighting


def age_shares(target: Target, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    said = target.shares_under(weights)[:3]
    return said / said.sum()


def test_waves_that_drifted_apart_come_to_the_same_population() -> None:
    both = weighed(sample(1), sample(2, ages=(0.4, 0.4, 0.2)), [AGE, SEX])
    for wave in (both.before, both.after):
        assert wave.targets[0].shares_under(wave.weights) == pytest.approx(AGE.shares, abs=1e-8)
        assert wave.targets[1].shares_under(wave.weights) == pytest.approx(SEX.shares, abs=1e-8)
        assert wave.judgement.outcome == "passes"
        assert wave.unmet == ()
    assert both.notes == ()


def test_a_drift_in_who_answers_does_not_look_like_change() -> None:
    """Trust differs by age and not by wave; only the weighted means agree."""
    trust = np.array([2.5, 3.0, 3.6])
    young, grey = sample(3, ages=(0.45, 0.35, 0.2)), sample(4, ages=(0.15, 0.35, 0.5))
    both = weighed(young, grey, [AGE])
    unweighted = [trust[s.levels["age"]].mean() for s in (young, grey)]
    means = [
        np.average(trust[s.levels["age"]], weights=w.weights)
        for s, w in ((young, both.before), (grey, both.after))
    ]
    assert abs(unweighted[1] - unweighted[0]) > 0.3
    assert means[1] == pytest.approx(means[0], abs=1e-9)


def test_people_who_did_not_say_keep_their_share_in_their_own_wave() -> None:
    silent = sample(5, silent=0.15)
    both = weighed(silent, sample(6), [AGE, SEX])
    target = both.before.targets[0]
    assert target.labels[-1] == "not given"
    own = silent.base[silent.levels["age"] == NOT_GIVEN].sum() / silent.base.sum()
    assert target.shares_under(both.before.weights)[-1] == pytest.approx(own, abs=1e-8)
    assert age_shares(target, both.before.weights) == pytest.approx(AGE.shares, abs=1e-7)
    assert both.after.targets[0].labels == AGE.labels
    assert age_shares(both.after.targets[0], both.after.weights) == pytest.approx(
        AGE.shares, abs=1e-7
    )


def test_above_a_fifth_not_given_the_margin_is_left_out_of_both_waves_and_said_so() -> None:
    both = weighed(sample(7), sample(8, silent=0.3), [AGE, SEX])
    assert [t.variable for t in both.before.targets] == ["sex"]
    assert [t.variable for t in both.after.targets] == ["sex"]
    assert len(both.notes) == 1
    assert "'age' was left out" in both.notes[0]
    assert "above 20 %" in both.notes[0]


def test_exactly_a_fifth_not_given_is_still_used() -> None:
    levels = np.repeat([0, 1, NOT_GIVEN], [200, 200, 100])
    wave = WaveSample(np.ones(500), {"sex": levels})
    assert weighed(wave, wave, [SEX]).before.targets[0].labels == ("F", "M", "not given")


def test_without_a_margin_left_there_are_no_weights() -> None:
    refused = weigh_waves(sample(9, silent=0.3), sample(10), [AGE])
    assert isinstance(refused, NotEstimable)
    assert "no margin is left to weight by: 'age' was left out" in refused.reason


def test_small_levels_are_joined_in_both_waves_and_said_so() -> None:
    few = sample(11, ages=(0.04, 0.46, 0.5))
    both = weighed(few, sample(12), [AGE, SEX])
    assert both.notes == ("'age': joined 18-34 / 35-54",)
    assert both.after.targets[0].labels == ("18-34 / 35-54", "55+")
    declared = WeightingRule(neighbours={"age": [("18-34", "55+")]})
    assert weighed(few, sample(12), [AGE], declared).notes == ("'age': joined 18-34 / 55+",)


def test_a_margin_that_ends_as_one_level_is_left_out() -> None:
    wave = WaveSample(np.ones(50), {"sex": np.repeat([0, 1], [25, 25])})
    refused = weigh_waves(wave, wave, [SEX])
    assert isinstance(refused, NotEstimable)
    assert "'sex' was left out: too few people in all levels but one" in refused.reason


def test_weights_too_wild_come_with_a_judgement_that_blocks() -> None:
    wave = WaveSample(np.ones(65), {"sex": np.repeat([0, 1], [35, 30])})
    lopsided = Margin("sex", ("F", "M"), np.array([0.3, 0.7]))
    both = weighed(wave, wave, [lopsided])
    assert both.before.judgement.outcome == "blocks"
    assert "fewer than 60" in both.before.judgement.reason


def test_trimmed_weights_report_the_margins_they_miss() -> None:
    wave = WaveSample(np.ones(400), {"sex": np.repeat([0, 1], [30, 370])})
    both = weighed(wave, wave, [SEX])
    assert both.after.trimmed_rounds == 10
    assert {u.label for u in both.after.unmet} == {"F", "M"}
    loose = weighed(wave, wave, [SEX], WeightingRule(high=8.0, low=0.1))
    assert loose.after.trimmed_rounds == 0
    assert loose.after.unmet == ()


def test_margins_that_contradict_each_other_name_the_wave() -> None:
    twin = Margin("twin", ("F", "M"), np.array([0.3, 0.7]))
    levels = np.repeat([0, 1], [200, 200])
    fine = WaveSample(np.ones(400), {"sex": levels, "twin": np.tile([0, 1], 200)})
    same = WaveSample(np.ones(400), {"sex": levels, "twin": levels})
    refused = weigh_waves(fine, same, [SEX, twin])
    assert isinstance(refused, NotEstimable)
    assert refused.reason.startswith("after: the margins 'sex', 'twin' cannot all be met")


def test_the_unit_of_base_weights_changes_nothing() -> None:
    wave = sample(13, silent=0.1)
    scaled = WaveSample(wave.base * 250, wave.levels)
    here, there = weighed(wave, wave, [AGE, SEX]), weighed(scaled, scaled, [AGE, SEX])
    assert there.before.weights == pytest.approx(here.before.weights, abs=1e-9)


def test_the_rows_that_gave_everything_can_be_weighted_alone() -> None:
    wave = sample(14, silent=0.1)
    gave = wave.gave_all(["age", "sex"])
    alone = wave.only(gave)
    assert len(alone.base) == gave.sum() < 400
    both = weighed(alone, alone, [AGE, SEX])
    assert both.before.targets[0].labels == AGE.labels


def test_the_table_shows_each_level_before_and_after() -> None:
    wave = sample(15, silent=0.05)
    both = weighed(wave, wave, [AGE, SEX])
    rows = both.before.composition
    assert [r.label for r in rows] == ["18-34", "35-54", "55+", "not given", "F", "M"]
    assert sum(r.n for r in rows[:4]) == 400
    for shares in zip(*[(r.unweighted, r.base_weighted, r.target, r.weighted) for r in rows[:4]]):  # noqa: B905 - rows of four
        assert sum(shares) == pytest.approx(1)
    assert rows[0].weighted == pytest.approx(rows[0].target)
    with pytest.raises(Refusal, match="levels and 3 base weights"):
        composition(both.before.targets[0], wave.base, np.ones(3))


@pytest.mark.parametrize(
    ("base", "levels", "margins", "rule", "message"),
    [
        (np.ones(2), {"sex": np.array([0, 1])}, [], None, "there is no margin"),
        (np.ones(2), {}, [SEX], None, "the wave 'before' has no 'sex'"),
        (np.array([]), {"sex": np.array([])}, [SEX], None, "there is no row"),
        (np.array([1.0, 0]), {"sex": np.array([0, 1])}, [SEX], None, "row 1 has the weight 0.0"),
        (np.array([1, np.nan]), {"sex": np.array([0, 1])}, [SEX], None, "row 1 has the weight nan"),
        (np.ones(3), {"sex": np.array([0, 1])}, [SEX], None, "2 levels and 3 base weights"),
        (np.ones(2), {"sex": np.array([0, 2])}, [SEX], None, "row 1: the level 2 is none of"),
        (np.ones(2), {"sex": np.array([-2, 1])}, [SEX], None, "row 0: the level -2 is none of"),
        (
            np.ones(2),
            {"sex": np.array([0, 1])},
            [SEX],
            WeightingRule(neighbours={"race": []}),
            "neighbours for 'race', which has no margin",
        ),
    ],
)
def test_bad_input_is_refused_by_name(
    base: NDArray[np.float64],
    levels: dict[str, NDArray[np.int64]],
    margins: list[Margin],
    rule: WeightingRule | None,
    message: str,
) -> None:
    wave = WaveSample(base, levels)
    with pytest.raises(Refusal, match=message):
        weigh_waves(wave, wave, margins, rule)
