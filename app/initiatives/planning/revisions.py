"""Two people on one form: who saves second is told, and nothing that the first wrote is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from analysis.codebook import content_hash
from app.errors import Conflict, Phrase

if TYPE_CHECKING:
    from app.initiatives.tables import Area, Initiative

# What a form shows and writes as a whole. The logo is kept apart, by a form of its own.
DESCRIBED: Final = ("title", "police_name", "notice", "time_zone")


class ChangedMeanwhile(Conflict):
    """Somebody saved since this form was opened, and nothing was written."""

    code = "edited_meanwhile"

    def __init__(self, what: str) -> None:
        super().__init__("plans.overtaken", what=Phrase(f"plans.saved_{what}"))


def described(initiative: Initiative) -> dict[str, Any]:
    starts = initiative.starts_on
    words = {name: getattr(initiative, name) for name in DESCRIBED}
    return words | {"starts_on": starts.isoformat() if starts else None}


def revision_of(initiative: Initiative) -> str:
    """Another one as soon as any word of the description is another."""
    return content_hash(described(initiative))


def aim_revision_of(initiative: Initiative) -> str:
    return content_hash(initiative.expected)


def area_revision_of(area: Area) -> str:
    return content_hash({"name": area.name, "role": area.role})


def refuse_changed(what: str, seen: str | None, now: str) -> None:
    """`seen` is the revision that a form was opened with; None writes over whatever stands."""
    if seen is not None and seen != now:
        raise ChangedMeanwhile(what)
