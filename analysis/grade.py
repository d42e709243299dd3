"""For whom the answers speak: the grade of a comparison."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from analysis.sentences import Grade

Sampling = Literal["probability"]
PROBABILITY: Final[Sampling] = "probability"
_TWO: Final = ("before", "after")
_WAYS: Final = ("recruitment", "modes")


def grade_of(
    initiative: Mapping[str, Any],
    *,
    equal_weights: bool,
    waves: Sequence[str] = _TWO,
    planned: Sampling | None = None,
) -> Grade:
    """A: probability samples. B: weighted, and reached in the same ways. C: anything else.

    initiative: `sampling`, `recruitment` and `modes`, each by wave. planned: what the plan says of
    the sampling of every wave; it counts where nobody recorded how people were recruited, as with
    files from elsewhere.

    >>> grade_of({"sampling": {"before": "probability", "after": "open"}}, equal_weights=False)
    'C'
    """
    sampling = initiative.get("sampling") or {}
    if all(sampling.get(wave) == PROBABILITY for wave in waves):
        return "A"
    if planned == PROBABILITY and not initiative.get("recruitment"):
        return "A"
    recruitment, modes = ([(initiative.get(w) or {}).get(n) for n in waves] for w in _WAYS)
    alike = all(way == ways[0] for ways in (recruitment, modes) for way in ways)
    return "B" if recruitment[0] and alike and not equal_weights else "C"
