"""An initiative's words again, with a time after which answers are erased."""

from __future__ import annotations

from app.initiatives.notice import MONTHS_KEY
from app.initiatives.service import Description
from app.initiatives.tables import Initiative


def told_words(initiative: Initiative, *, months: int | None) -> Description:
    kept = {key: told for key, told in initiative.notice.items() if key != MONTHS_KEY}
    return Description(
        title=initiative.title,
        police_name=initiative.police_name,
        notice=kept if months is None else kept | {MONTHS_KEY: months},
    )
