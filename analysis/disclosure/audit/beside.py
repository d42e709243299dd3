"""What a release tells of people beside those it compares: comparison areas, further waves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from analysis.disclosure.audit.answers import HALF_A_PERCENT, Document, hidden_window
from analysis.disclosure.audit.knowledge import Knowledge, Name
from analysis.disclosure.comparison import question_of
from analysis.disclosure.rounding import window
from analysis.disclosure.rules import TOO_FEW_TO_REPORT, is_number

Section = Literal["areas", "trend"]
Row = tuple[Document, Document]


@dataclass(frozen=True, slots=True)
class Place:
    """One wave of a section. place: its number in the course; None for comparison areas.

    name: whom its counts are of; the same name in two releases where it is the same people.
    """

    computed: Document
    released: Document
    section: Section
    wave: str
    name: str
    place: int | None = None

    @property
    def threshold(self) -> int:
        return int(self.computed["plan"]["suppress_below"])

    def rows(self) -> Iterator[tuple[str, Row, Document]]:
        """Outcome, what is true and told of it here, and its entry in the computed document."""
        part = "comparisons" if self.section == "areas" else "trends"
        sections = self.computed[self.section], self.released[self.section]
        if not all(section and isinstance(section.get(part), list) for section in sections):
            return
        for true, told in zip(*(section[part] for section in sections), strict=True):
            if self.place is None:
                yield true["outcome"], (true[self.wave], told[self.wave]), true
            elif true["waves"]:  # one without any has no course
                yield true["outcome"], (true["waves"][self.place], told["waves"][self.place]), true

    def people(self) -> tuple[object, int]:
        """Of a further wave, as `Source.people` says it of one that is compared."""
        return self.computed["plan"]["exclusions"], self.computed["trend"]["waves"][self.place]["n"]


def elsewhere(computed: Document, released: Document, wave: str) -> Place:
    return Place(computed, released, "areas", wave, f"{wave} elsewhere")


def further_waves(computed: Document, released: Document) -> Iterator[Place]:
    for number, wave in enumerate((computed["trend"] or {}).get("waves", ())):
        if wave["name"] not in computed["waves"]:
            yield Place(computed, released, "trend", wave["name"], wave["name"], number)


def tell_place(known: Knowledge, place: Place) -> None:
    everyone = place.name, "everyone"
    known.count(everyone)
    if place.place is not None:
        n = place.released["trend"]["waves"][place.place]["n"]
        known.count(everyone, *(window(n) if is_number(n) else (0, TOO_FEW_TO_REPORT - 1)))
    for _, (true, told), entry in place.rows():
        _tell_base(known, place, entry, told)
        if entry["share_of"]:
            _tell_share(known, place, entry, (true, told))


def small_beside(place: Place) -> Iterator[tuple[Name, str]]:
    """Numbers of people under the threshold, with the outcome whose figures could give them."""
    for outcome, (true, _), entry in place.rows():
        n, chosen = true.get("n", 0), true.get("n_chosen")
        if chosen is not None and chosen < place.threshold:
            yield _sum(place, entry), outcome
        if chosen is not None and n - chosen < place.threshold:
            yield _rest(place, entry), outcome
        if place.place is not None and _everyone(place) - n < place.threshold:
            yield (place.name, question_of(entry), "unsaid"), outcome


def _everyone(place: Place) -> int:
    return int(place.computed["trend"]["waves"][place.place]["n"])


def _tell_base(known: Knowledge, place: Place, entry: Document, told: Document) -> None:
    """In the course as elsewhere: the whole wave where fewer than the threshold are missing."""
    everyone, question = (place.name, "everyone"), question_of(entry)
    valid, unsaid = (place.name, question, "valid"), (place.name, question, "unsaid")
    known.count(valid, 0, known.high[everyone])
    known.count(unsaid, 0, known.high[everyone])
    known.whole(everyone, [valid, unsaid])
    if "n" not in told:
        known.count(valid, *hidden_window(told, place.threshold, known.high[everyone]))
    elif place.place is None:
        known.count(valid, *window(int(told["n"])))
    elif told["n"] == place.released["trend"]["waves"][place.place]["n"]:
        known.difference(everyone, valid, 0, place.threshold - 1)
    else:
        known.count(valid, *window(int(told["n"])))
        known.difference(everyone, valid, place.threshold)


def _tell_share(known: Knowledge, place: Place, entry: Document, row: Row) -> None:
    true, told = row
    valid = place.name, question_of(entry), "valid"
    total, rest = _sum(place, entry), _rest(place, entry)
    known.count(total)
    known.count(rest)
    known.whole(valid, [total, rest])
    answers = [(*valid[:2], "answer", code) for code in entry["share_of"]["codes"]]
    if all(answer in known.low for answer in answers):
        known.whole(total, answers)
    if "estimate" in told:
        share = round(true["n_chosen"] / true["n"], 2)
        known.share([total], valid, share - HALF_A_PERCENT, share + HALF_A_PERCENT)


def _sum(place: Place, entry: Mapping[str, Any]) -> Name:
    return place.name, "chosen", question_of(entry), tuple(entry["share_of"]["codes"])


def _rest(place: Place, entry: Mapping[str, Any]) -> Name:
    return place.name, "not chosen", question_of(entry), tuple(entry["share_of"]["codes"])
