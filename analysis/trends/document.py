"""Three and more waves as one document, for analysts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from analysis import __version__
from analysis.dataset import Wave
from analysis.grade import grade_of
from analysis.outcomes import outcomes_of
from analysis.probability import LEVEL
from analysis.tally import dot
from analysis.trends.fieldwork import FieldedWave, ManyWaves, read_many
from analysis.trends.telling import Telling
from analysis.variance import DEFAULT

SCHEMA: Final = "rapport.trend/1"


def compare_many(
    fielded: Sequence[FieldedWave],
    *,
    plan: Mapping[str, Any] | None = None,
    variance: str | None = None,
) -> dict[str, Any]:
    """How did every outcome move over three or more waves?

    Each scale and item by `compare_trend`: the waves' means, the slope, the omnibus test, each wave
    less the one before, the last less the first, and the plan's `contrasts`. Only columns that mean
    the same in all waves are compared (`match_codebooks`, wave after wave). All waves are brought
    to the plan's population where it names one. Slopes and omnibus tests are adjusted over the
    outcomes: Holm for the primary ones, Benjamini-Hochberg for the others. Contrasts carry a
    verdict and a sentence, Holm within their outcome; what `guard` would hold against two of the
    waves takes the verdict from them, and from the whole where they are neighbours.
    fielded: in the order of time. plan, variance: as in `compare_files`.
    Returns a document of the schema "rapport.trend/1", unrounded: it is for analysts.
    Refuses (`Refusal`): fewer than three waves, times that do not rise, comparison areas, margins
    that cannot be met, what `read_wave`, `read_plan` and `label_waves` refuse.
    Reference: Korn & Graubard (1990), as `compare_trend`. Checked against: R in O12, and
    `compare_files` for two of the waves.
    """
    many = read_many(fielded, plan, variance)
    outcomes = outcomes_of(many.codebook)
    equal, planned = many.design.equal_weights, many.plan.sampling
    grade = grade_of({}, equal_weights=equal, waves=many.names, planned=planned)
    return {
        "schema": SCHEMA,
        "document": "computed",
        "code_version": __version__,
        "instrument": {
            "id": many.codebook.instrument_id,
            "version": many.codebook.version,
            "title": dict(many.codebook.title),
        },
        "waves": waves_told(many),
        "plan": {**many.plan.to_dict(), "hash": many.plan.content_hash()},
        "variance": variance or many.plan.variance or DEFAULT,
        "level": LEVEL,
        "trends": Telling(many, grade, "any").trends(outcomes),
    }


def waves_told(many: ManyWaves) -> list[dict[str, Any]]:
    columns = zip(many.labels, many.times, many.waves, strict=True)
    return [
        {"label": label, "time": time, "n": wave.n, "n_eff": _n_eff(wave)}
        for label, time, wave in columns
    ]


def _n_eff(wave: Wave) -> float:
    if wave.weight is None:
        return float(wave.n)
    return float(wave.weight.sum() ** 2 / dot(wave.weight, wave.weight))
