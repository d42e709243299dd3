"""Who may do what. A staff member has one or several roles; each role opens some duties."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Literal, cast, get_args

from app.errors import BadInput

Role = Literal[
    "owner", "author", "fieldwork", "analyst", "microdata", "reviewer", "auditor", "key_holder"
]
Duty = Literal[
    "manage_staff",
    "set_up_initiatives",
    "run_waves",
    "see_fieldwork",
    "enter_paper",
    "see_reports",
    "publish_reports",
    "take_answers",
    "approve_reports",
    "erase_answers",
    "see_computed",
    "review_texts",
    "read_audit_log",
    "hold_keys",
]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
DUTIES: Final[Mapping[Role, frozenset[Duty]]] = {
    "owner": frozenset(
        (
            *("manage_staff", "set_up_initiatives", "run_waves", "see_fieldwork"),
            *("enter_paper", "see_reports", "publish_reports", "approve_reports"),
            *("take_answers", "erase_answers"),
        )
    ),
    "author": frozenset(("set_up_initiatives", "see_fieldwork")),
    "fieldwork": frozenset(("see_fieldwork", "enter_paper")),
    "analyst": frozenset(("see_reports", "approve_reports", "see_computed")),
    "microdata": frozenset(("see_reports", "take_answers")),
    "reviewer": frozenset(("review_texts",)),
    "auditor": frozenset(("read_audit_log",)),
    "key_holder": frozenset(("hold_keys",)),
}
# Whoever can let others in, open what is sealed, or take single answers away, signs in with a
# second factor.
NEEDS_SECOND_FACTOR: Final[frozenset[Role]] = frozenset(("owner", "microdata", "key_holder"))


def read_roles(names: Collection[str]) -> list[Role]:
    """In the order of the list of roles, each once."""
    foreign = sorted(set(names) - set(ROLES))
    if foreign:
        raise BadInput("accounts.no_role", role=foreign[0], known=ROLES)
    if not names:
        raise BadInput("accounts.choose_role", known=ROLES)
    return [role for role in ROLES if role in names]


def may(roles: Collection[str], duty: Duty) -> bool:
    return any(duty in DUTIES[cast("Role", role)] for role in roles)


def needs_second_factor(roles: Collection[str]) -> bool:
    return not NEEDS_SECOND_FACTOR.isdisjoint(roles)
