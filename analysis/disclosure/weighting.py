"""What may be told of the weights: composition by joined levels, never how few did not say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from analysis.disclosure.audit.bases import in_proportion
from analysis.disclosure.rounding import PERCENT, POINTS, rounded_base, rounded_or_hidden
from analysis.disclosure.rules import BESIDE, fewer_than, hidden_base, suppressed
from analysis.weighting.trimming import UNMET_ABOVE

Document = Mapping[str, Any]
# Of each question the options told together; None where a wave is too small to tell any.
Published = Mapping[str, list[set[int]] | None]

_SHARES: Final = ("unweighted", "base_weighted", "target", "weighted")
_DEFF_DECIMALS: Final = 2
_RATIO_DECIMALS: Final = 1
_NOT_MET: Final = "the population margins could not be met in these samples"
_CROSSES: Final = suppressed("beside the published answers it would tell of a small group")


def release_weighting(
    section: Document | None, distributions: Sequence[Document], threshold: int
) -> dict[str, Any] | None:
    """Targets are public; what rests on a wave too small to report is hidden with the wave.

    A margin's composition is told only where each of its levels is made of whole published answer
    options (else the difference of the two tables would be a small group), and as shares of those
    who gave it: the rest to 1 would be those who did not.
    """
    if section is None:
        return None
    if "not_estimable" in section:
        return {"not_estimable": _NOT_MET}
    told = [d for d in distributions if not _is_untold(d)]
    published = {d["variable"]: _published(d) for d in told}
    targets = section["targets"]
    waves = section["waves"].items()
    return {
        **{key: section[key] for key in ("method", "bounds", "left_out")},
        "targets": [_target(target) for target in targets],
        "waves": {name: _wave(wave, targets, published, threshold) for name, wave in waves},
    }


def margin_boxes(section: Document | None, variable: str) -> Iterable[frozenset[int]]:
    """The joined levels of a margin, which published options should not straddle."""
    for target in (section or {}).get("targets", ()):
        if target["variable"] == variable:
            yield from (frozenset(level["codes"]) for level in target["levels"])


def _is_untold(distribution: Document) -> bool:
    """Not told for the sake of a smaller number beside: then the margin is not told either."""
    return any(wave["categories"] == BESIDE for wave in distribution["waves"].values())


def _published(distribution: Document) -> list[set[int]] | None:
    """The options told together, the same in both waves; None where none is told."""
    for wave in distribution["waves"].values():
        if isinstance(wave["categories"], list):
            return [set(option["codes"]) for option in wave["categories"]]
    return None


def _target(target: Document) -> dict[str, Any]:
    levels = [{**level, "share": round(level["share"], POINTS)} for level in target["levels"]]
    return {**target, "levels": levels}


def _wave(
    wave: Document,
    targets: Sequence[Document],
    published: Published,
    threshold: int,
) -> dict[str, Any]:
    hidden = hidden_base(wave["n"], threshold)
    if hidden:
        return hidden
    pairs = list(zip(targets, wave["composition"], strict=True))
    return {
        "n": rounded_base(wave["n"]),
        "deff": round(wave["deff"], _DEFF_DECIMALS),
        "n_eff": rounded_or_hidden(wave["n_eff"], threshold),
        "max_over_median": round(wave["max_over_median"], _RATIO_DECIMALS),
        **{key: wave[key] for key in ("judgement", "reason", "trimmed_rounds")},
        "composition": [_margin(t, m, published, threshold) for t, m in pairs],
        "unmet": [unmet for t, m in pairs if _is_told(t, published) for unmet in _unmet(t, m)],
    }


def _is_told(target: Document, published: Published) -> bool:
    if target["variable"] not in published:
        return False
    options = published[target["variable"]]
    levels = [set(level["codes"]) for level in target["levels"]]
    return options is None or all(any(option <= level for level in levels) for option in options)


def _margin(
    target: Document,
    margin: Document,
    published: Published,
    threshold: int,
) -> dict[str, Any]:
    if not _is_told(target, published):
        return {"variable": margin["variable"], "levels": _CROSSES, "not_given": _CROSSES}
    silent = margin["not_given"]
    few = silent["n"] < threshold
    given = sum(level["n"] for level in margin["levels"])
    whole = given + silent["n"]
    return {
        "variable": margin["variable"],
        "levels": [
            {
                "n": in_proportion(n, given, whole, threshold),
                **{key: round(shares[key], PERCENT) for key in _SHARES},
            }
            for n, shares in _of_those_who_gave_it(margin)
        ],
        "not_given": fewer_than(threshold)
        if few
        else {
            "n": rounded_base(silent["n"]),
            **{key: round(silent[key], PERCENT) for key in _SHARES},
        },
    }


def _of_those_who_gave_it(margin: Document) -> list[tuple[int, dict[str, float]]]:
    levels = margin["levels"]
    whole = {key: sum(level[key] for level in levels) for key in _SHARES}
    return [(level["n"], {key: level[key] / whole[key] for key in _SHARES}) for level in levels]


def _unmet(target: Document, margin: Document) -> Iterable[dict[str, Any]]:
    pairs = zip(target["levels"], _of_those_who_gave_it(margin), strict=True)
    for level, (_, shares) in pairs:
        if abs(shares["weighted"] - shares["target"]) > UNMET_ABOVE:
            yield {
                "variable": margin["variable"],
                "codes": level["codes"],
                "wanted": round(shares["target"], POINTS),
                "reached": round(shares["weighted"], POINTS),
            }
