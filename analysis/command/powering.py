"""`power`: what could this fieldwork show, and how many answers would it take?"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from analysis.fieldwork import (
    USUAL_CORRELATION,
    USUAL_KISH_DEFF,
    USUAL_POWER,
    USUAL_SD,
    FieldworkPlan,
    PlannedWave,
    ScaleScore,
    Share,
)
from analysis.power import (
    DetectableChange,
    judge_plan,
    smallest_detectable_change,
    spoken_change,
)
from analysis.refusals import NotEstimable, Refusal


def add_power(commands: Any) -> None:
    power = commands.add_parser(
        "power",
        help="the smallest change that the answers you expect could show",
        description=(
            "Before fieldwork: give the answers you expect in each wave, read the smallest change "
            "they would probably show. With --change: is that enough, and if not, how many would "
            "be? Example: power --before 300 --after 300 --change 0.2"
        ),
    )
    number = power.add_argument
    number("--before", type=float, required=True, help="answers expected before")
    number("--after", type=float, required=True, help="answers expected after")
    number("--change", type=float, help="smallest change that matters (points, or a proportion)")
    number("--share", type=float, help="plan for a share, this large before (0.55 = 55 %%)")
    number("--fall", action="store_true", help="with --share: look for a fall, not a rise")
    number("--sd", type=float, default=USUAL_SD, help="spread of scores (default %(default)s)")
    number("--deff", type=float, default=USUAL_KISH_DEFF, help="of weights (default %(default)s)")
    number("--cluster-size", type=float, default=1.0, help="answers a sampled block (default 1)")
    number("--icc", type=float, default=0.0, help="likeness inside a block, 0 to 1 (default 0)")
    number("--link-rate", type=float, default=0.0, help="share found again after (default 0)")
    number(
        "--correlation",
        type=float,
        default=USUAL_CORRELATION,
        help="of one person's two answers (default %(default)s)",
    )
    number("--population-before", type=float, help="people there are, for a true random sample")
    number("--population-after", type=float, help="the same, after")
    number(
        "--comparison",
        type=float,
        nargs=2,
        metavar=("BEFORE", "AFTER"),
        help="answers expected in a comparison area",
    )
    number("--power", type=float, default=USUAL_POWER, help="chance to see it (default 0.8)")
    power.set_defaults(run=_power)


def _power(options: argparse.Namespace) -> None:
    plan = _fieldwork(options)
    if options.change is None:
        found = smallest_detectable_change(plan)
        told = found if isinstance(found, NotEstimable) else _spoken(plan, found)
    else:
        judged = judge_plan(plan, options.change)
        told = judged if isinstance(judged, NotEstimable) else f"{judged.reason}."
    if isinstance(told, NotEstimable):
        raise Refusal(told.reason)
    sys.stdout.write(f"{told}\n")


def _fieldwork(options: argparse.Namespace) -> FieldworkPlan:
    if options.fall and options.share is None:
        raise Refusal("power: --fall goes with --share; a mean is planned the same either way")
    outcome = (
        ScaleScore(options.sd, options.sd)
        if options.share is None
        else Share(options.share, "fall" if options.fall else "rise")
    )
    elsewhere = options.comparison
    return FieldworkPlan(
        outcome=outcome,
        before=PlannedWave(options.before, options.population_before),
        after=PlannedWave(options.after, options.population_after),
        comparison=(PlannedWave(elsewhere[0]), PlannedWave(elsewhere[1])) if elsewhere else None,
        kish_deff=options.deff,
        cluster_size=options.cluster_size,
        icc=options.icc,
        link_rate=options.link_rate,
        correlation=options.correlation,
        power=options.power,
    )


def _spoken(plan: FieldworkPlan, found: DetectableChange) -> str:
    amount = spoken_change(plan, found.change)
    return f"Smallest change this would probably show: {amount} (chance {100 * plan.power:g} %)."
