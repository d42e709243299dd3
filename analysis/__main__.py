"""`python -m analysis`: the comparison without app and database."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis.bundle import BundleError, read_bundle
from analysis.codebook import Codebook, CodebookError
from analysis.refusals import Refusal


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when a comparison was made, 1 when it was refused (the reason is printed)."""
    options = _parser().parse_args(arguments)
    try:
        document = options.run(options)
        _write(document, options.json)
    except (BundleError, CodebookError, Refusal) as exc:
        return _refused(str(exc))
    except OSError as exc:
        return _refused(f"{exc.filename}: {exc.strerror}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m analysis",
        description="Did trust change between two waves? Compares answers as the report does.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    report = commands.add_parser("report", help="compare the two waves of a downloaded bundle")
    report.add_argument("bundle", type=Path, help="the zip that the report page offers")
    report.set_defaults(run=_report)
    compare = commands.add_parser("compare", help="compare two CSV files under a codebook")
    compare.add_argument("--codebook", type=Path, required=True, help="codebook as JSON")
    compare.add_argument("--before", type=Path, required=True, help="CSV of the before wave")
    compare.add_argument("--after", type=Path, required=True, help="CSV of the after wave")
    compare.add_argument("--plan", type=Path, help="plan as JSON; without it the default plan")
    compare.set_defaults(run=_compare)
    for command in (report, compare):
        command.add_argument(
            "--variance",
            choices=("jackknife", "taylor"),
            help="jackknife is the report's; taylor is R's survey package (default: the plan's)",
        )
        command.add_argument(
            "--json", type=Path, metavar="FILE", help="write every number, unrounded, to FILE"
        )
    return parser


def _report(options: argparse.Namespace) -> dict[str, Any]:
    from analysis.report import compare_bundle  # noqa: PLC0415 - numpy only when needed

    return compare_bundle(read_bundle(options.bundle), variance=options.variance)


def _compare(options: argparse.Namespace) -> dict[str, Any]:
    from analysis.report import compare_files  # noqa: PLC0415 - numpy only when needed

    return compare_files(
        Codebook.from_dict(_mapping(options.codebook)),
        _text(options.before),
        _text(options.after),
        plan=_mapping(options.plan) if options.plan else None,
        variance=options.variance,
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as exc:
        raise Refusal(f"{path}: not UTF-8 text; save it as CSV in UTF-8") from exc


def _mapping(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(_text(path))
    except ValueError as exc:
        raise Refusal(f"{path}: no JSON ({exc})") from exc
    if not isinstance(document, dict):
        raise Refusal(f"{path}: must hold a JSON mapping")
    return document


def _write(document: dict[str, Any], target: Path | None) -> None:
    if target:
        text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
        target.write_text(text + "\n", encoding="utf-8")
    for comparison in document["comparisons"]:
        if comparison["change"]["family"] == "primary":
            sys.stdout.write(f"{comparison['sentence']}\n")
    others = sum(c["change"]["family"] != "primary" for c in document["comparisons"])
    where = f"in {target}" if target else "with --json FILE"
    sys.stdout.write(f"{others} further comparisons, exploratory: {where}.\n")


def _refused(reason: str) -> int:
    sys.stderr.write(f"refused: {reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
