"""What an import brought and what it dropped, in words and for the log of staff actions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from app.initiatives.elsewhere import KEY as ELSEWHERE


def audit_facts(manifest: Mapping[str, Any]) -> dict[str, Any]:
    told = manifest[ELSEWHERE]
    return {
        "tool": told["tool"],
        "responses": manifest["responses"],
        "asked": len(told["asked"]),
        "reworded": len(told["reworded"]),
        "never_imported": never_imported(manifest).total(),
        "mode": told["mode"],
        "recruitment": told["recruitment"],
    }


def never_imported(manifest: Mapping[str, Any]) -> Counter[str]:
    """How many columns stayed out, by reason."""
    columns = manifest[ELSEWHERE]["columns"]
    return Counter(column["never"] for column in columns if column["never"])


def told_outcome(manifest: Mapping[str, Any]) -> Iterator[str]:
    told = manifest[ELSEWHERE]
    yield f"Imported: {manifest['responses']:,} of {told['rows']:,} rows, from {told['tool']}."
    if told["empty_rows"]:
        yield f"Rows without any answer, left out: {told['empty_rows']:,}."
    if manifest["words"]:
        yield (
            f"Texts in people's own words: {manifest['words']:,}. They are kept apart from all "
            "other answers, with names and numbers masked as far as rules can."
        )
    for column in told["columns"]:
        yield f"  {_fate(column)}: {column['key']}"
    for name, n in told["unfit"].items():
        yield f"Answers to {name} that no page would take, left out: {n:,}."
    for name, n in told["unasked"].items():
        yield f"Answers to {name} from people who would not have been asked, left out: {n:,}."
    if told["reworded"]:
        yield f"In other words than here, and not compared: {', '.join(told['reworded'])}."
    yield "The file was not kept."


def _fate(column: Mapping[str, Any]) -> str:
    if column["never"]:
        return f"never imported ({column['never']})"
    if column["question"] is None:
        return "not mapped, left out"
    left_out = f", {column['left_out']:,} left out" if column["left_out"] else ""
    return f"{column['question']}, {column['filled']:,} filled{left_out}"
