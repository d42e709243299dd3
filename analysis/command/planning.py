"""`plan`: is a plan valid, what does it leave to the defaults, and what is its hash?"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from analysis.codebook import Codebook, match_codebooks
from analysis.command.documents import read_mapping, refuse_overwriting, write_document


def add_plan(commands: Any) -> None:
    plan = commands.add_parser(
        "plan",
        help="check a plan against a codebook; print its hash and what the defaults add",
        description=(
            "Checks what will be tested before the answers come. Prints the plan in full, with "
            "all that it leaves to the defaults, and the hash by which a report names it."
        ),
    )
    plan.add_argument(
        "plan",
        type=Path,
        nargs="?",
        help="plan (YAML or JSON); without it the default plan is shown",
    )
    plan.add_argument(
        "--codebook", type=Path, required=True, help="what the columns mean (JSON, in each bundle)"
    )
    plan.add_argument(
        "--codebook-before", type=Path, help="the before wave's, where it was another version"
    )
    plan.add_argument("--json", type=Path, metavar="FILE", help="write the plan in full to FILE")
    plan.set_defaults(run=_plan)


def _plan(options: argparse.Namespace) -> None:
    from analysis.plan import read_plan  # noqa: PLC0415 - numpy only when needed

    sources = (options.plan, options.codebook, options.codebook_before)
    refuse_overwriting([options.json] if options.json else [], [p for p in sources if p])
    codebook = Codebook.from_dict(read_mapping(options.codebook))
    if options.codebook_before:
        earlier = Codebook.from_dict(read_mapping(options.codebook_before))
        codebook = match_codebooks(earlier, codebook)
    plan = read_plan(read_mapping(options.plan) if options.plan else None, codebook)
    document = plan.to_dict()
    if options.json:
        write_document(document, options.json)
    told = "The plan is valid." if options.plan else "The default plan:"
    sys.stdout.write(f"{told}\nhash: {plan.content_hash()}\n")
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
