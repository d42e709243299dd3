"""The plan as its form says it: what is tested first, and which change would matter."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.accounts.pages.doors import typed
from app.errors import BadInput
from app.initiatives.planning.margins import margin_questions, read_margins
from app.initiatives.planning.population import CheckedMargin, checked_margins, codebook_of
from app.web.forms import whole_number
from app.web.locales import SOURCE_LANGUAGE

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from analysis.codebook import Codebook, Variable
    from app.web.forms import Form

USUAL_CHANGE: Final = "0.2"
LARGEST_CHANGE: Final = 4.0
LEAST_SUPPRESSION: Final = 10
MOST_SUPPRESSION: Final = 100
MOST_SUBGROUPS: Final = 8
MOST_CONFIRMATORY: Final = 4
EXCLUDE: Final = "exclude."
# What is judged first, and beside it: up to three, each with its own smallest change.
JUDGED: Final = tuple((f"primary{place}", f"smallest_change{place}") for place in ("", "2", "3"))
FIELDS: Final = (
    *(name for pair in JUDGED for name in pair),
    *("margins", "subgroups", "confirmatory", "suppress_below"),
)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a plan of this initiative can name, from the questionnaire of its waves."""

    codebook: Codebook

    @property
    def outcomes(self) -> list[tuple[str, Mapping[str, str]]]:
        scales = sorted(self.codebook.scales, key=lambda scale: not scale.is_primary)
        return [(scale.id, scale.title) for scale in scales]

    @property
    def background(self) -> list[Variable]:
        """Questions about people, with one answer out of several."""
        return [
            v
            for v in self.codebook.variables
            if v.role == "background" and v.id == v.question and len(v.valid_codes) > 1
        ]

    def margin_example(self, language: str) -> str:
        lines = [
            f"{question.id},{label.get(language, label[SOURCE_LANGUAGE])},"
            for question in margin_questions(self.codebook)[:2]
            for label in question.labels
        ]
        return "\n".join(("variable,level,percent", *lines))


def choices_of(
    session: Session, agency_id: str, initiative_id: str, language: str = SOURCE_LANGUAGE
) -> Choices:
    return Choices(codebook_of(session, agency_id, initiative_id, language))


def fields_of(form: Form) -> Form:
    """What of a form belongs to the plan: it is kept as it was typed."""
    return {
        name: values for name, values in form.items() if name in FIELDS or name.startswith(EXCLUDE)
    }


def saved_otherwise(theirs: Form, mine: Form) -> list[tuple[str, list[str]]]:
    """Each field in which somebody else saved another thing than was typed, and what they saved."""
    found = []
    for name in dict.fromkeys((*theirs, *fields_of(mine))):
        saved, own = ([*filter(None, form.get(name, []))] for form in (theirs, mine))
        if saved != own:
            found.append((name, saved))
    return found


@dataclass(frozen=True, slots=True)
class Table:
    """The population as it was read, to be looked at; `problem` says why it cannot be."""

    unit: str = ""
    margins: Sequence[CheckedMargin] = ()
    problem: BadInput | None = None


def read_table(form: Form, choices: Choices) -> dict[str, Any] | None:
    return read_margins(typed(form, "margins"), margin_questions(choices.codebook))


def table_of(form: Form, choices: Choices) -> Table:
    try:
        weighting = read_table(form, choices)
    except BadInput as refused:
        return Table(problem=refused)
    if weighting is None:
        return Table()
    margins = checked_margins(weighting, margin_questions(choices.codebook))
    return Table(weighting["unit"], margins)


def plan_from(form: Form, choices: Choices) -> dict[str, Any]:
    """A plan document; everything it does not name stays as the analysis has it by default."""
    changes = _judged(form, choices)
    document: dict[str, Any] = {
        "primary": list(changes),
        "smallest_change": {outcome: {"mean": change} for outcome, change in changes.items()},
    }
    parts = {
        "subgroups": _subgroups(form, choices),
        "confirmatory_subgroups": _confirmatory(form),
        "weighting": read_table(form, choices),
        "exclusions": _exclusions(form, choices),
        "suppress_below": _suppress_below(typed(form, "suppress_below")),
    }
    return document | {name: part for name, part in parts.items() if part}


def _judged(form: Form, choices: Choices) -> dict[str, float]:
    """The outcomes that lead, in their order, each with the smallest change that matters."""
    known = {outcome for outcome, _ in choices.outcomes}
    changes: dict[str, float] = {}
    for place, (outcome_field, change_field) in enumerate(JUDGED):
        outcome = typed(form, outcome_field)
        if place and not outcome:
            continue
        if outcome not in known:
            raise BadInput("plans.choose_scale")
        if outcome in changes:
            raise BadInput("plans.chosen_twice", outcome=outcome)
        changes[outcome] = change_from(typed(form, change_field) or USUAL_CHANGE)
    return changes


def change_from(text: str) -> float:
    try:
        change = float(text.strip().replace(",", "."))
    except ValueError:
        change = math.nan
    if not 0 < change <= LARGEST_CHANGE:
        raise BadInput(
            "plans.smallest_change", largest=LARGEST_CHANGE, usual=USUAL_CHANGE, text=text[:20]
        )
    return change


def _subgroups(form: Form, choices: Choices) -> list[str]:
    chosen = list(dict.fromkeys([*form.get("subgroups", []), *form.get("confirmatory", [])]))
    known = {variable.id for variable in choices.background}
    if not known.issuperset(chosen):
        raise BadInput("plans.choose_subgroups")
    if len(chosen) > MOST_SUBGROUPS:
        raise BadInput("plans.many_subgroups", most=MOST_SUBGROUPS, chosen=len(chosen))
    return chosen


def _confirmatory(form: Form) -> list[str]:
    chosen = list(dict.fromkeys(form.get("confirmatory", [])))
    if len(chosen) > MOST_CONFIRMATORY:
        raise BadInput("plans.many_confirmatory", most=MOST_CONFIRMATORY, chosen=len(chosen))
    return chosen


def _exclusions(form: Form, choices: Choices) -> dict[str, list[int]]:
    excluded = {}
    for variable in choices.background:
        values = form.get(EXCLUDE + variable.id, [])
        codes = [code for code in variable.valid_codes if str(code) in values]
        if len(codes) == len(variable.valid_codes):
            raise BadInput("plans.all_left_out", question=variable.id)
        if codes:
            excluded[variable.id] = codes
    return excluded


def _suppress_below(text: str) -> int | None:
    """None where it is the usual one, which a plan need not state."""
    if not text.strip():
        return None
    fewest = whole_number(text) or 0
    if not LEAST_SUPPRESSION <= fewest <= MOST_SUPPRESSION:
        raise BadInput(
            "plans.fewest_shown", fewest=LEAST_SUPPRESSION, most=MOST_SUPPRESSION, text=text[:20]
        )
    return None if fewest == LEAST_SUPPRESSION else fewest


def typed_plan(document: Mapping[str, Any]) -> Form:
    """A locked plan as its form would hold it."""
    primary: Sequence[Any] = document.get("primary") or [""]
    changes: Mapping[str, Any] = document.get("smallest_change", {})
    margins = document.get("weighting") or {}
    unit = margins.get("unit", "percent")
    rows = [
        f"{name},{code},{amount:g}"
        for name, by_code in margins.get("margins", {}).items()
        for code, amount in by_code.items()
    ]
    form: Form = {
        **_typed_judged(primary, changes),
        "margins": ["\n".join((f"variable,level,{unit}", *rows)) if rows else ""],
        "subgroups": list(document.get("subgroups", [])),
        "confirmatory": list(document.get("confirmatory_subgroups", [])),
        "suppress_below": [str(document.get("suppress_below", LEAST_SUPPRESSION))],
    }
    for name, codes in document.get("exclusions", {}).items():
        form[EXCLUDE + name] = [str(code) for code in codes]
    return form


def _typed_judged(primary: Sequence[Any], changes: Mapping[str, Any]) -> Form:
    form: Form = {}
    for (outcome_field, change_field), outcome in zip(JUDGED, primary, strict=False):
        change = changes.get(outcome, {}) if isinstance(outcome, str) else {}
        mean = change.get("mean", USUAL_CHANGE) if isinstance(change, dict) else change
        form[outcome_field] = [str(outcome)]
        form[change_field] = [str(mean)]
    return form
