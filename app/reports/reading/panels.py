"""One outcome of a released document as a reader meets it: sentence, pictures, tables, notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from app.reports.reading.document import (
    WAVES,
    Comparison,
    Distribution,
    Outcome,
    hidden_reason,
    in_language,
)
from app.reports.reading.ends import ends_of
from app.reports.reading.figures import (
    Picture,
    Units,
    answers_picture,
    change_of_picture,
    in_picture_order,
    level_picture,
    tones_of,
)
from app.reports.reading.number_tables import (
    Table,
    amount_that_matters,
    answers_table,
    group_tables,
    measure_name,
    numbers_table,
    p_text,
    share_label,
)
from app.reports.reading.parts.groups import group_notes
from app.reports.reading.wording import Wording
from app.reports.reading.written import HUNDRED

_SIGNIFICANCE: Final = 0.05
_CLAIMS_NO_CHANGE: Final = frozenset({"about_the_same", "cannot_tell", "not_comparable"})
# Cohen (1988), Statistical Power Analysis: the usual words, and no more than words.
_EFFECT_WORDS: Final = ((0.2, "effect_tiny"), (0.5, "effect_small"), (0.8, "effect_medium"))


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend."""

    tone: str
    label: str


@dataclass(frozen=True, slots=True)
class View:
    """One comparison in pictures: before and after on the answer scale, and the change."""

    caption: str
    levels: Picture | None
    change: Picture | None


@dataclass(frozen=True, slots=True)
class Panel:
    id: str
    title: str
    verdict: str
    verdict_label: str
    verdict_notes: tuple[str, ...]
    sentences: tuple[str, ...]
    shares: tuple[str, ...]
    views: tuple[View, ...]
    answers: Picture | None
    legend: tuple[Key, ...]
    notes: tuple[str, ...]
    tables: tuple[Table, ...]


def make_panel(outcome: Outcome, titles: Mapping[str, str], wording: Wording) -> Panel:
    lead, distribution = outcome.lead, outcome.distribution
    verdict = _verdict_word(lead["verdict"])
    ordered = distribution if distribution and outcome.has_order else None
    return Panel(
        id=outcome.id,
        title=in_language(lead["title"], wording.language),
        verdict=verdict if outcome.has_order else "several",
        verdict_label=wording(f"verdict_{verdict}") if outcome.has_order else "",
        verdict_notes=tuple(_verdict_notes(outcome, wording)) if outcome.has_order else (),
        sentences=_sentences(outcome.comparisons, wording),
        shares=tuple(_plain_shares(outcome, titles, wording)),
        views=tuple(_views(outcome, wording)),
        answers=answers_picture(f"{outcome.id}-a", ordered, wording) if ordered else None,
        legend=_legend(ordered, wording) if ordered else (),
        notes=tuple(_notes(outcome, titles, wording)),
        tables=tuple(_tables(outcome, titles, wording)),
    )


def _views(outcome: Outcome, wording: Wording) -> Iterable[View]:
    """A nominal question is shown answer by answer; anything else by what leads it."""
    shown = [outcome.lead] if outcome.has_order else outcome.comparisons
    for number, comparison in enumerate(shown):
        units = Units(wording, comparison["measure"])
        ends = ends_of(outcome, units)
        name = f"{outcome.id}-{number}"
        yield View(
            caption=measure_name(comparison, wording),
            levels=level_picture(f"{name}-l", comparison, ends, units),
            change=change_of_picture(f"{name}-c", comparison, units),
        )


def _tables(outcome: Outcome, titles: Mapping[str, str], wording: Wording) -> Iterable[Table]:
    """Those of main outcomes in groups, and by other methods, are told in parts of their own."""
    yield numbers_table(outcome.comparisons, wording)
    if outcome.distribution:
        yield answers_table(outcome.distribution, wording)
    if not outcome.is_primary:
        yield from group_tables(outcome.by_group, titles, wording)


def _plain_shares(outcome: Outcome, titles: Mapping[str, str], wording: Wording) -> Iterable[str]:
    """A main share as so many of every hundred people, under the words of its own question."""
    if not (outcome.is_primary and outcome.has_order):
        return
    for comparison in outcome.comparisons:
        hidden = any(hidden_reason(comparison[wave]) for wave in WAVES)
        if comparison["measure"] != "share" or hidden:
            continue
        yield wording(
            "share_plain",
            question=titles.get(comparison["share_of"]["variable"], ""),
            answers=share_label(comparison, wording),
            before=wording.number(comparison["before"]["estimate"] * HUNDRED),
            after=wording.number(comparison["after"]["estimate"] * HUNDRED),
        )


def _legend(distribution: Distribution, wording: Wording) -> tuple[Key, ...]:
    for wave in WAVES:
        categories = in_picture_order(distribution, wave)
        if categories:
            return tuple(
                Key(tone, in_language(category["label"], wording.language))
                for tone, category in zip(
                    tones_of(distribution, categories), categories, strict=True
                )
            )
    return ()


def _verdict_word(verdict: str | Mapping[str, str]) -> str:
    """A verdict, or in which of the two ways there is none."""
    return verdict if isinstance(verdict, str) else next(iter(verdict))


def _sentences(comparisons: Iterable[Comparison], wording: Wording) -> tuple[str, ...]:
    told = (in_language(c["sentences"], wording.language) for c in comparisons)
    return tuple(dict.fromkeys(told))


def _verdict_notes(outcome: Outcome, wording: Wording) -> Iterable[str]:
    """What must be read together with the verdict."""
    lead = outcome.lead
    for wave in WAVES:
        reason = hidden_reason(lead[wave])
        if reason:
            yield wording("wave_not_shown", wave=wording(wave), reason=reason)
    if lead["higher_is_favourable"] is False:
        yield wording("lower_is_better")
    depends = [comparison["depends_on_method"] for comparison in outcome.comparisons]
    if any(depends) and not depends[0]:  # of the lead its own sentence says so
        yield wording("depends_on_method")
    change, verdict = lead["change"], lead["verdict"]
    if hidden_reason(verdict) or verdict in _CLAIMS_NO_CHANGE or change["family"] == "primary":
        return
    if change["p_adjusted"] >= _SIGNIFICANCE:
        yield wording("maybe_chance")


def _notes(outcome: Outcome, titles: Mapping[str, str], wording: Wording) -> Iterable[str]:
    """What a careful reader would ask next."""
    lead, scale = outcome.lead, outcome.scale
    units = Units(wording, lead["measure"])
    yield wording(
        "smallest_change_note",
        amount=amount_that_matters(outcome.smallest_change, units),
        source=wording(f"source_{outcome.smallest_change['source']}"),
    )
    if scale:
        yield wording("scale_note", items=len(scale["items"]), needed=scale["answers_needed"])
    if outcome.by_group and not outcome.is_primary:
        yield from group_notes(outcome.interactions, titles, wording)
        yield wording("groups_caution")
    change = lead["change"]
    if hidden_reason(change):
        return
    yield wording(f"family_{change['family']}", p=p_text(change["p_adjusted"], wording))
    effect = lead["effects"].get("hedges_g")
    if effect and not hidden_reason(effect):
        size = abs(effect["estimate"])
        word = next((key for limit, key in _EFFECT_WORDS if size < limit), "effect_large")
        yield wording(
            "effect",
            size=wording(word),
            sd=wording.number(size, 2),
            g=wording.signed(effect["estimate"], 2),
        )
