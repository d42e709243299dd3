"""How the answers to each question spread over its options, in both waves."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import NOT_SHOWN, RESERVED_CODES, Codebook, Variable
from analysis.dataset import CodedColumn, FloatArray, NumericColumn, Wave
from analysis.design import Design
from analysis.tally import summed


def distributions_of(
    before: Wave, after: Wave, codebook: Codebook, design: Design
) -> list[dict[str, Any]]:
    """How many people gave each answer, and which weighted share is that?

    For every coded column and wave: per valid code n and share of the weight of valid answers; per
    missing code (None: empty) n and share of the weight of those who were shown the question (for
    "not shown": of everyone). Numbers: n valid and n per missing code.
    """
    known = before.coded.keys() | before.numeric.keys()
    return [_distribution(v, before, after, design) for v in codebook.variables if v.id in known]


def _distribution(variable: Variable, before: Wave, after: Wave, design: Design) -> dict[str, Any]:
    weights = design.weight[: design.n_before], design.weight[design.n_before :]
    told = {}
    for name, wave, weight in zip(("before", "after"), (before, after), weights, strict=True):
        if variable.id in wave.numeric:
            told[name] = _numbers(wave.numeric[variable.id])
        else:
            told[name] = _answers(wave.coded[variable.id], variable, weight)
    return {
        "variable": variable.id,
        "role": variable.role,
        "level": variable.level,
        "title": dict(variable.text),
        "favourable": list(variable.favourable),
        "waves": told,
    }


def _answers(column: CodedColumn, variable: Variable, weight: FloatArray) -> dict[str, Any]:
    levels = len(column.codes) + 1
    place = column.index.astype(np.int64)
    n, total = np.bincount(place, minlength=levels), summed(place, weight, levels)
    labels = {c.code: dict(c.label) for c in variable.categories}
    valid = total[: column.n_valid].sum()
    return {
        "n": int(n[: column.n_valid].sum()),
        "categories": [
            {
                "codes": [column.codes[i]],
                "label": labels[column.codes[i]],
                "n": int(n[i]),
                "share": _share(total[i], valid),
            }
            for i in range(column.n_valid)
        ],
        "missing": _missing(column, labels, n, total),
    }


def _missing(
    column: CodedColumn, labels: dict[int, dict[str, str]], n: NDArray[np.int64], total: FloatArray
) -> list[dict[str, Any]]:
    everyone = total.sum()
    hidden = total[column.codes.index(NOT_SHOWN)] if NOT_SHOWN in column.codes else 0.0
    found = []
    for i in range(column.n_valid, len(column.codes) + 1):
        code = column.codes[i] if i < len(column.codes) else None
        base = everyone if code == NOT_SHOWN else everyone - hidden
        found.append(
            {
                "code": code,
                "reason": _reason(code),
                "label": labels.get(code, {}) if code is not None else {},
                "n": int(n[i]),
                "share": _share(total[i], base),
            }
        )
    return found


def _numbers(column: NumericColumn) -> dict[str, Any]:
    return {
        "n": int(np.count_nonzero(~np.isnan(column.values))),
        "categories": [],
        "missing": [
            {
                "code": code,
                "reason": _reason(code),
                "label": {},
                "n": n,
                "share": n / len(column.values),
            }
            for code, n in column.missing.items()
        ],
    }


def _reason(code: int | None) -> str:
    return "empty" if code is None else RESERVED_CODES.get(code, "declared_missing")


def _share(part: float, whole: float) -> float | dict[str, str]:
    return float(part / whole) if whole > 0 else {"not_estimable": "no answer"}
