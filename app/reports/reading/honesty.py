"""What a report may and may not be used for. No setting leaves this part out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.reports.reading.document import WAVES, hidden_reason, in_language, is_number
from app.reports.reading.figures import Units
from app.reports.reading.number_tables import Table
from app.reports.reading.wording import Wording


@dataclass(frozen=True, slots=True)
class Honesty:
    reached: Table
    warnings: tuple[str, ...]
    can: tuple[str, ...]
    cannot: tuple[str, ...]


def honesty_of(document: Mapping[str, Any], wording: Wording) -> Honesty:
    return Honesty(
        reached=_how_people_were_reached(document, wording),
        warnings=tuple(_warnings(document, wording)),
        can=tuple(_can(document, wording)),
        cannot=tuple(_cannot(document, wording)),
    )


def _how_people_were_reached(document: Mapping[str, Any], wording: Wording) -> Table:
    facts = document["initiative"] or {}
    rows = [
        (wording("fielded"), *(_dates(facts, wave, wording) for wave in WAVES)),
        (wording("recruitment"), *(_named(facts, "recruitment", wave, wording) for wave in WAVES)),
        (wording("mode"), *(_named(facts, "modes", wave, wording) for wave in WAVES)),
        (wording("languages"), *(_languages(facts, wave, wording) for wave in WAVES)),
        (wording("sheets"), *(_sheets(document, wave, wording) for wave in WAVES)),
    ]
    if document["initiative"] is None:
        rows = rows[-1:]
    heading = ("", *(wave_name(document, wave, wording) for wave in WAVES))
    return Table("reached", wording("reached_caption"), heading, tuple(rows))


def wave_name(document: Mapping[str, Any], wave: str, wording: Wording) -> str:
    label = in_language(document["waves"][wave]["label"], wording.language)
    plain = wording(wave)
    if label == wave:
        return plain
    says_which = label.casefold().startswith(plain.casefold())
    return label if says_which else wording("wave_name", wave=plain, label=label)


def _warnings(document: Mapping[str, Any], wording: Wording) -> Iterable[str]:
    facts = document["initiative"] or {}
    yield from sponsors(document, wording)
    yield wording(f"grade_{document['grade']}")
    if document["initiative"] is None:
        yield wording("from_files")
    yield from elsewhere_notes(document, wording)
    recruitment = facts.get("recruitment") or {}
    if recruitment and recruitment.get("before") != recruitment.get("after"):
        yield wording("reached_differently")
    yield from draft_notes(document, wording)
    if (facts.get("plan") or {}).get("changed_after_data"):
        yield wording("plan_changed_after_data")
    equal = document["design"]["equal_weights"]
    yield wording("unweighted" if equal else "weighted")


def sponsors(document: Mapping[str, Any], wording: Wording) -> Iterable[str]:
    """Who ran it and who paid for it."""
    facts = document["initiative"] or {}
    for kind in ("run_by", "paid_by"):
        if facts.get(kind):
            yield wording(kind, name=in_language(facts[kind], wording.language))


def _can(document: Mapping[str, Any], wording: Wording) -> Iterable[str]:
    main = primary_comparisons(document)
    if all(hidden_reason(comparison["verdict"]) for comparison in main):
        yield wording("can_nothing")
        return
    yield wording("can_compare")
    for comparison in main:
        verdict = comparison["verdict"]
        if not hidden_reason(verdict):
            units = Units(wording, comparison["measure"])
            change, matters = comparison["change"], comparison["smallest_change"]
            yield wording(
                f"can_{verdict}",
                title=in_language(comparison["title"], wording.language),
                amount=units.amount(matters) if is_number(matters) else "",
                low=units.change(change["ci_low"]),
                high=units.change(change["ci_high"]),
            )


def _cannot(document: Mapping[str, Any], wording: Wording) -> Iterable[str]:
    yield wording("cannot_cause_for_sure" if document["areas"] else "cannot_cause")
    if document["grade"] != "A":
        yield wording("cannot_everyone")
    if not document["design"]["waves_share_psus"]:
        yield wording("cannot_same_people")
    verdicts = [comparison["verdict"] for comparison in primary_comparisons(document)]
    if "cannot_tell" in verdicts:
        yield wording("cannot_no_change")
    yield wording("cannot_single")


def primary_comparisons(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [c for c in document["comparisons"] if c["change"]["family"] == "primary"]


def _dates(facts: Mapping[str, Any], wave: str, wording: Wording) -> str:
    dates = (facts.get("dates") or {}).get(wave) or {}
    first, last = dates.get("first"), dates.get("last")
    if not (first and last):
        return wording("not_recorded")
    if first == last:
        return wording.day(first)
    return wording("date_range", first=wording.day(first), last=wording.day(last))


def _named(facts: Mapping[str, Any], kind: str, wave: str, wording: Wording) -> str:
    names = (facts.get(kind) or {}).get(wave) or ()
    names = [names] if isinstance(names, str) else names
    told = [
        wording(f"{kind}_{name}") if wording.knows(f"{kind}_{name}") else name for name in names
    ]
    return wording.listed(told) or wording("not_recorded")


def elsewhere_notes(document: Mapping[str, Any], wording: Wording) -> Iterable[str]:
    """Waves whose answers another tool has gathered."""
    facts = document["initiative"] or {}
    for wave, told in (facts.get("elsewhere") or {}).items():
        if wave in WAVES:
            tool = wording("elsewhere_other") if told["tool"] == "other" else told["tool"]
            yield wording(f"elsewhere_{wave}", tool=tool)


def draft_notes(document: Mapping[str, Any], wording: Wording) -> Iterable[str]:
    facts = document["initiative"] or {}
    decided = facts.get("drafts") or {}
    for wave in filter(decided.get, WAVES):
        drafts = decided[wave]
        languages = _named_languages(drafts["languages"], wording)
        told = {"wave": wording(wave), "languages": languages, "decision": drafts["decision"]}
        yield wording("draft_translations", **told)


def _languages(facts: Mapping[str, Any], wave: str, wording: Wording) -> str:
    tags = (facts.get("languages") or {}).get(wave) or ()
    return _named_languages(tags, wording) or wording("not_recorded")


def _named_languages(tags: Iterable[str], wording: Wording) -> str:
    told = [wording(f"language_{tag}") if wording.knows(f"language_{tag}") else tag for tag in tags]
    return wording.listed(told)


def _sheets(document: Mapping[str, Any], wave: str, wording: Wording) -> str:
    n = document["waves"][wave]["n"]
    return hidden_reason(n) or wording("about", n=wording.number(n))


@dataclass(frozen=True, slots=True)
class Withheld:
    """One reason and the groups that it keeps hidden, question by question."""

    groups: str
    why: str
    allowed: str


def withheld_of(
    document: Mapping[str, Any], titles: Mapping[str, str], wording: Wording
) -> list[Withheld]:
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for entry in document["withheld"]:
        found.setdefault((entry["group"]["variable"], entry["code"]), []).append(entry)
    return [
        Withheld(
            groups=wording(
                "withheld_of",
                question=titles.get(variable, variable),
                groups="; ".join(
                    in_language(entry["group"]["label"], wording.language) for entry in entries
                ),
            ),
            why=in_language(entries[0]["reason"], wording.language),
            allowed=in_language(entries[0]["allowed"], wording.language),
        )
        for (variable, _), entries in found.items()
    ]
