"""`trend`: how every outcome moved over three or more waves."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.codebook import Codebook
from analysis.command.documents import read_mapping, refuse_overwriting, write_document
from analysis.command.progress import steps
from analysis.command.tables import read_answers
from analysis.refusals import Refusal


def add_trend(commands: Any) -> None:
    trend = commands.add_parser(
        "trend",
        help="compare three files of answers or more: slope, any change, contrasts",
        description=(
            "How did every outcome move over three or more waves? Give each wave with its time, "
            "such as months: trend --codebook codebook.json --wave 0=first.csv --wave 6=second.csv "
            "--wave 14=third.csv"
        ),
    )
    trend.add_argument(
        "--codebook", type=Path, required=True, help="what the columns mean (JSON, in each bundle)"
    )
    trend.add_argument(
        "--wave",
        action="append",
        required=True,
        metavar="TIME=FILE",
        help="answers of one wave and when it was, in the order of time; once a wave",
    )
    trend.add_argument(
        "--plan", type=Path, help="what to test (YAML or JSON); without it the default plan"
    )
    trend.add_argument(
        "--variance", choices=("jackknife", "taylor"), help="default: the plan's, else jackknife"
    )
    trend.add_argument(
        "--json", type=Path, metavar="FILE", help="write every number, unrounded, to FILE"
    )
    trend.set_defaults(run=_trend)


def _trend(options: argparse.Namespace) -> None:
    waves = [_wave(given) for given in options.wave]
    sources = [options.codebook, *(path for _, path in waves)]
    targets = [options.json] if options.json else []
    refuse_overwriting(targets, [*sources, options.plan] if options.plan else sources)
    codebook = Codebook.from_dict(read_mapping(options.codebook))
    plan = read_mapping(options.plan) if options.plan else None
    texts = []
    with steps((*(f"reading {path}" for _, path in waves), "comparing")) as bar:
        for _, path in waves:
            bar.start()
            texts.append(read_answers(path))
        bar.start()
        from analysis.trends.document import compare_many  # noqa: PLC0415 - numpy only when needed
        from analysis.trends.fieldwork import FieldedWave  # noqa: PLC0415 - the same

        pairs = zip(waves, texts, strict=True)
        fielded = [FieldedWave(f"{time:g}", time, text, codebook) for (time, _), text in pairs]
        document = compare_many(fielded, plan=plan, variance=options.variance)
    if options.json:
        write_document(document, options.json)
    _tell(document, options.json)


def _wave(given: str) -> tuple[float, Path]:
    time, equals, path = given.partition("=")
    try:
        number = float(time)
    except ValueError:
        number = math.nan
    if not (equals and path and math.isfinite(number)):
        raise Refusal(f"--wave {given}: give a time and a file, such as --wave 6=second.csv")
    return number, Path(path)


def _tell(document: Mapping[str, Any], target: Path | None) -> None:
    labels = [wave["label"] for wave in document["waves"]]
    trends = document["trends"]
    for trend in trends:
        if trend["family"] == "primary":
            sys.stdout.writelines(f"{line}\n" for line in _lines(trend, labels))
    others = sum(trend["family"] != "primary" for trend in trends)
    where = f"in {target}" if target else "with --json FILE"
    sys.stdout.write(f"Further outcomes, exploratory: {others}, {where}.\n")


def _lines(trend: Mapping[str, Any], labels: Sequence[str]) -> Iterator[str]:
    yield trend["sentence"]
    for pair in trend["contrasts"]:
        yield f"{labels[pair['earlier']]} to {labels[pair['later']]}: {pair['sentence']}"
    for own in trend["named_contrasts"]:
        yield f"{own['name']}: {_interval(own['change'])}."


def _interval(change: Mapping[str, Any]) -> str:
    if "not_estimable" in change:
        return f"cannot be told ({change['not_estimable']})"
    numbers = (change["estimate"], change["ci_low"], change["ci_high"])
    estimate, low, high = (f"{number:+.4f}" for number in numbers)
    return f"{estimate} (95% interval {low} to {high})"
