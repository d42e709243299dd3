"""Writes the folders beside this file from `transitions.json`.

    python -m tests.golden.sao_paulo.make_cases

A real resident panel, Sao Paulo 2015-2019: replication data of Oliveira, Law & Society Review 2024
(oliveirathiago/LSR_Intrusive_Policing, `data/export/dflong_new.Rdata` at commit 17c501f).
The file has no licence and is not shipped; the aggregates in `transitions.json` are ours and
determine every test of one item. Rows of `pairs` are the answers 1..5 before, columns those after;
`pre_only` and `post_only` count people who answered in one wave; `n` is before, after, pairs. The
tests were computed with scipy 1.17: `welch` by `ttest_ind(after, before, equal_var=False)`,
`mann_whitney` with continuity correction, `wilcoxon` without; `tnew1` and `tnew2` by Derrick's
formulas, equal and unequal variances; `top2_*` on answers of 4 and 5.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent
CODES: Final = range(1, 6)


def answers(case: Mapping[str, Any]) -> tuple[list[int], list[int]]:
    """Both waves in one fixed order: the pairs row by row, then who answered once."""
    before, after = [], []
    for earlier, row in zip(CODES, case["pairs"], strict=True):
        for later, count in zip(CODES, row, strict=True):
            before += [earlier] * count
            after += [later] * count
    before += _alone(case["pre_only"])
    after += _alone(case["post_only"])
    return before, after


def _alone(counts: Mapping[str, int]) -> Iterator[int]:
    return (int(code) for code, count in counts.items() for _ in range(count))


def instrument(case: Mapping[str, Any]) -> str:
    item, ends = case["item"], case["ends"]
    labels = [ends[0], "2", "3", "4", ends[1]]
    options = "\n".join(
        f'      - {{code: {code}, label: {{en: "{label}"}}}}'
        for code, label in zip(CODES, labels, strict=True)
    )
    return f"""\
# One item of the Sao Paulo panel, in our words: the Portuguese form was not seen.
id: sao_paulo_{item}
version: 1
title: {{en: "{case["title"]}"}}
status: reconstructed
licence: {{spdx: CC0-1.0, commercial_ok: true}}
source: {{citation: "topic of an item in Oliveira, Law & Society Review 2024; own wording"}}
population: "residents of Sao Paulo"
minutes: 1
languages: {{en: {{status: original}}}}
option_sets:
  five:
    favourable: {case["favourable"]}
    options:
{options}
pages:
  - id: only
    questions:
      - {{id: {item}, kind: likert, options: five, text: {{en: "{case["text"]}"}}}}
"""


def write_case(case: Mapping[str, Any]) -> None:
    folder = HERE / case["id"]
    folder.mkdir(exist_ok=True)
    item = case["item"]
    before, after = answers(case)
    welch = case["welch"]
    expected = {
        "n": [len(before), len(after)],
        "mean": case["mean"],
        "sd": case["sd"],
        "welch": welch,
        "taylor_df": len(before) + len(after) - 3,
    }
    files = {
        "instrument.yaml": instrument(case),
        "before.csv": "".join(f"{cell}\n" for cell in (item, *before)),
        "after.csv": "".join(f"{cell}\n" for cell in (item, *after)),
        "plan.yaml": f"primary: [{item}]\nsmallest_change: {{{item}: {case['smallest_change']}}}\n",
        "expected.json": json.dumps(expected, indent=1) + "\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")


def cases() -> list[dict[str, Any]]:
    transitions: list[dict[str, Any]] = json.loads((HERE / "transitions.json").read_text("utf-8"))
    return transitions


if __name__ == "__main__":
    for each in cases():
        write_case(each)
