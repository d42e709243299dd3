"""What residents are told about who asks: checked before any of them can read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import available_timezones

from app.errors import BadInput

UTC: Final = "UTC"
LONGEST_FACT: Final = 200
# Under 13 never (COPPA); 13 to 17 on the agency's own word that parents permit it.
YOUNGEST: Final = 13
OLDEST_LIMIT: Final = 99
USUAL_AGE: Final = 18
LOGO_KEY: Final = "logo"
# How many months after the last count answers are kept.
MONTHS_KEY: Final = "keeps_months"
LONGEST_KEPT: Final = 240
USUAL_MONTHS: Final = 24
AGE_KEYS: Final = ("youngest", "asks_age")
_OWN_KEYS: Final = frozenset({*AGE_KEYS, LOGO_KEY, MONTHS_KEY})


def checked_notice(notice: Mapping[str, Any]) -> dict[str, Any]:
    """Texts by language, or one for all; beside them the age limit and the size of the logo."""
    for name, told in notice.items():
        if name not in _OWN_KEYS:
            for text in told.values() if isinstance(told, Mapping) else (told,):
                _refuse_long(name, text)
    if "youngest" in notice:
        _refuse_age(notice["youngest"])
    elif notice.get("asks_age"):
        raise BadInput("initiatives.state_age")
    if MONTHS_KEY in notice:
        _refuse_months(notice[MONTHS_KEY])
    return dict(notice)


def checked_time_zone(name: str) -> str:
    if name != UTC and name not in available_timezones():
        raise BadInput("initiatives.no_time_zone", zone=name[:40])
    return name


def _refuse_long(name: str, text: object) -> None:
    if not isinstance(text, str) or not 0 < len(text.strip()) <= LONGEST_FACT:
        raise BadInput("initiatives.fact_length", part=name, most=LONGEST_FACT)


def _refuse_age(age: object) -> None:
    if type(age) is not int or not YOUNGEST <= age <= OLDEST_LIMIT:
        raise BadInput(
            "initiatives.age_between", youngest=YOUNGEST, oldest=OLDEST_LIMIT, usual=USUAL_AGE
        )


def _refuse_months(months: object) -> None:
    if type(months) is not int or not 1 <= months <= LONGEST_KEPT:
        raise BadInput("initiatives.months_kept", most=LONGEST_KEPT, usual=USUAL_MONTHS)
