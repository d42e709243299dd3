"""`report` and `compare`: what changed, in plain words, and every number as JSON."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from analysis.bundle import read_bundle
from analysis.codebook import Codebook
from analysis.command.documents import read_mapping, refuse_overwriting, write_document
from analysis.command.progress import steps
from analysis.command.tables import read_answers
from analysis.phrases import SOURCE, TRANSLATED


def add_report(commands: Any) -> None:
    report = commands.add_parser(
        "report",
        help="compare the two waves of a downloaded bundle",
        description="Compares the two waves of a bundle to the digit as the report did.",
    )
    report.add_argument("bundle", type=Path, help="the zip that the report page offers")
    _add_output(report)
    report.set_defaults(run=_report)


def add_compare(commands: Any) -> None:
    compare = commands.add_parser(
        "compare",
        help="compare two files of answers under a codebook",
        description=(
            "Compares two files of answers. Each has one row a respondent and one column a "
            "question, codes in the cells, empty cells where nothing was answered. CSV needs "
            "nothing else; .sav, .zsav and .dta need pyreadstat, .parquet needs pyarrow."
        ),
    )
    compare.add_argument(
        "--codebook", type=Path, required=True, help="what the columns mean (JSON, in each bundle)"
    )
    compare.add_argument(
        "--codebook-before", type=Path, help="the before wave's, where it was another version"
    )
    compare.add_argument("--before", type=Path, required=True, help="answers of the before wave")
    compare.add_argument("--after", type=Path, required=True, help="answers of the after wave")
    compare.add_argument(
        "--plan", type=Path, help="what to test (YAML or JSON); without it the default plan"
    )
    _add_output(compare)
    compare.set_defaults(run=_compare)


def _add_output(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--variance",
        choices=("jackknife", "taylor"),
        help="jackknife is the report's; taylor is R's survey package (default: the plan's)",
    )
    command.add_argument(
        "--language",
        choices=(SOURCE, *TRANSLATED),
        default=SOURCE,
        help="of what is told here; all but en are drafts (default %(default)s)",
    )
    command.add_argument(
        "--json", type=Path, metavar="FILE", help="write every number, unrounded, to FILE"
    )


def _report(options: argparse.Namespace) -> None:
    refuse_overwriting(_given(options.json), [options.bundle])
    with steps((f"reading {options.bundle}", "comparing")) as bar:
        bar.start()
        bundle = read_bundle(options.bundle)
        bar.start()
        from analysis.report import compare_bundle  # noqa: PLC0415 - numpy only when needed

        document = compare_bundle(bundle, variance=options.variance)
    _tell(document, options.json, options.language)


def _compare(options: argparse.Namespace) -> None:
    sources = (options.codebook, options.before, options.after, options.codebook_before)
    refuse_overwriting(_given(options.json), _given(*sources, options.plan))
    codebook = Codebook.from_dict(read_mapping(options.codebook))
    earlier = options.codebook_before
    codebook_before = Codebook.from_dict(read_mapping(earlier)) if earlier else None
    plan = read_mapping(options.plan) if options.plan else None
    with steps((f"reading {options.before}", f"reading {options.after}", "comparing")) as bar:
        bar.start()
        before = read_answers(options.before)
        bar.start()
        after = read_answers(options.after)
        bar.start()
        from analysis.report import compare_files  # noqa: PLC0415 - numpy only when needed

        document = compare_files(
            codebook,
            before,
            after,
            codebook_before=codebook_before,
            plan=plan,
            variance=options.variance,
        )
    _tell(document, options.json, options.language)


def _given(*paths: Path | None) -> list[Path]:
    return [path for path in paths if path is not None]


def _tell(document: dict[str, Any], target: Path | None, language: str) -> None:
    if target:
        write_document(document, target)
    for comparison in document["comparisons"]:
        if comparison["change"]["family"] == "primary":
            sys.stdout.write(f"{comparison['sentences'][language]}\n")
    others = sum(c["change"]["family"] != "primary" for c in document["comparisons"])
    where = f"in {target}" if target else "with --json FILE"
    sys.stdout.write(f"Further comparisons, exploratory: {others}, {where}.\n")
