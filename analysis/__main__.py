"""`python -m analysis`: comparing, planning and checking without app and database."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from analysis.bundle import BundleError
from analysis.codebook import CodebookError
from analysis.command.comparing import add_compare, add_report
from analysis.command.planning import add_plan
from analysis.command.powering import add_power
from analysis.command.trending import add_trend
from analysis.refusals import Refusal


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0 when all went well, 1 when something was refused (the reason is printed)."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (BundleError, CodebookError, Refusal) as exc:
        return _refused(str(exc))
    except OSError as exc:
        return _refused(f"{exc.filename}: {exc.strerror}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m analysis",
        description=(
            "Did trust change between two waves? Plans fieldwork, checks plans, and compares "
            "answers as the report does. Each command explains itself: python -m analysis COMMAND "
            "--help"
        ),
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for add in (add_power, add_plan, add_compare, add_trend, add_report):
        add(commands)
    return parser


def _refused(reason: str) -> int:
    sys.stderr.write(f"refused: {reason}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
