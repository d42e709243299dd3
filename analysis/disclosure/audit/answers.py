"""What a release tells of one question in one wave: its base, its answers, who gave none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from analysis.disclosure.audit.knowledge import Knowledge, Name
from analysis.disclosure.rounding import BASE, window
from analysis.disclosure.rules import TOO_FEW_TO_REPORT, fewer_than, is_number

Document = Mapping[str, Any]

HALF_A_PERCENT: Final = 0.005
_BY_DESIGN: Final = frozenset({"not_shown", "empty"})


@dataclass(frozen=True, slots=True)
class Source:
    """One wave of one release. wave: its name there; name: its name in what is known."""

    computed: Document
    released: Document
    wave: str
    name: str

    @property
    def threshold(self) -> int:
        return int(self.computed["plan"]["suppress_below"])

    def people(self) -> tuple[object, int]:
        """Whom the wave is taken to be: the plan may leave people out, or keep areas apart."""
        return self.computed["plan"]["exclusions"], self.computed["waves"][self.wave]["n"]

    @property
    def everyone(self) -> Name:
        return self.name, "everyone"

    @property
    def part(self) -> Name:
        """One wave of one release, apart from the same wave of another."""
        return id(self.released), self.wave, self.name

    def answers(self, variable: str) -> tuple[Document, Document] | None:
        """Computed and released; None where the question has no table of answers."""
        pairs = zip(self.computed["distributions"], self.released["distributions"], strict=True)
        for computed, released in pairs:
            if computed["variable"] == variable:
                return computed["waves"][self.wave], released["waves"][self.wave]
        return None

    def is_whole(self, n: Any) -> bool:
        """A base told as the whole wave: fewer than the threshold are missing."""
        return bool(n == self.released["waves"][self.wave]["n"])

    def rows(self) -> Iterator[tuple[Document, Document]]:
        yield from zip(self.computed["comparisons"], self.released["comparisons"], strict=True)


def hidden_window(hidden: Document, threshold: int, most: float) -> tuple[float, float]:
    """What the words that stand in the place of a count tell of it."""
    if hidden == fewer_than(threshold):
        return 0, threshold - 1
    told_few = str(hidden.get("suppressed", "")).endswith("too few to report")
    return 0, TOO_FEW_TO_REPORT - 1 if told_few else most


def tell_everyone(known: Knowledge, source: Source) -> None:
    n = source.released["waves"][source.wave]["n"]
    known.count(source.everyone, *(window(n) if is_number(n) else (0, TOO_FEW_TO_REPORT - 1)))


def tell_base(known: Knowledge, source: Source, name: Name, told: Any) -> None:
    """Valid answers: told as the whole wave when fewer than the threshold are missing."""
    most = known.high[source.everyone]
    known.count(name, 0, most)
    known.difference(source.everyone, name, 0)
    if not is_number(told):
        known.count(name, *hidden_window(told, source.threshold, most))
    elif source.is_whole(told):
        known.difference(source.everyone, name, 0, source.threshold - 1)
    else:
        known.count(name, *window(int(told)))
        known.difference(source.everyone, name, source.threshold)


def tell_answers(known: Knowledge, source: Source, variable: str) -> None:
    found = source.answers(variable)
    if found is None or not known.is_new((*source.part, variable)):
        return
    truth, told = found
    place = _Place(known, source, variable, truth, told["n"])
    tell_base(known, source, place.valid, told["n"])
    known.whole(source.everyone, [place.valid, place.unsaid])
    for name in (*place.levels(), *place.silent(), place.unsaid):
        known.count(name, 0, known.high[source.everyone])
    if truth["categories"]:
        known.whole(place.valid, place.levels())
    known.whole(place.unsaid, place.silent())
    if isinstance(told["categories"], list):
        _tell_categories(place, told["categories"])
    if isinstance(told["missing"], list):
        _tell_missing(place, told["missing"])
    _tell_boxes(place)
    _tell_margin(place)
    _tell_findings(place)


def small_answers(source: Source, variable: str) -> Iterator[Name]:
    """Counts under the threshold that this release has a place for."""
    found = source.answers(variable)
    if found is None or not is_number(found[1]["n"]):
        return
    place = _Place(Knowledge(), source, variable, found[0], found[1]["n"])
    for name, n in place.counts():
        if n < source.threshold:
            yield name


@dataclass(frozen=True, slots=True)
class _Place:
    known: Knowledge
    source: Source
    variable: str
    truth: Document
    told_n: Any

    @property
    def valid(self) -> Name:
        return self.source.name, self.variable, "valid"

    @property
    def unsaid(self) -> Name:
        return self.source.name, self.variable, "unsaid"

    def level(self, code: object) -> Name:
        return self.source.name, self.variable, "answer", code

    def missing(self, code: object) -> Name:
        return self.source.name, self.variable, "missing", code

    def levels(self) -> list[Name]:
        return [self.level(c["codes"][0]) for c in self.truth["categories"]]

    def silent(self) -> list[Name]:
        return [self.missing(entry["code"]) for entry in self.truth["missing"]]

    def counts(self) -> Iterator[tuple[Name, int]]:
        """Every hidden count, as it truly is; but not that a question is shown to everyone.

        The questionnaire tells that, and a survey page leaves no cell empty.
        """
        for category in self.truth["categories"]:
            yield self.level(category["codes"][0]), category["n"]
        for entry in self.truth["missing"]:
            if entry["n"] or entry["reason"] not in _BY_DESIGN:
                yield self.missing(entry["code"]), entry["n"]
        yield self.unsaid, sum(entry["n"] for entry in self.truth["missing"])

    def tell_count(self, codes: Iterable[int], told: int) -> None:
        """In proportion to the base as it is told: where that is the wave, a finer share."""
        names = [self.level(code) for code in codes]
        if not self.source.is_whole(self.told_n):
            low, high = window(told)
            self.known.fact(dict.fromkeys(names, 1.0), low, high)
            return
        everyone = self.source.everyone
        most, fewest = self.known.high[everyone], self.known.low[everyone]
        ends = (told - BASE / 2) / most, (told + BASE / 2) / fewest
        self.known.share(names, self.valid, *ends)

    def tell_share(self, codes: Iterable[int], n: int) -> None:
        """As if no answer weighed more than another: the most that a share can tell of a count."""
        share = round(n / self.truth["n"], 2)
        low, high = share - HALF_A_PERCENT, share + HALF_A_PERCENT
        self.known.share([self.level(code) for code in codes], self.valid, low, high)


def _tell_categories(place: _Place, categories: Iterable[Document]) -> None:
    true = {c["codes"][0]: c["n"] for c in place.truth["categories"]}
    for category in categories:
        codes = category["codes"]
        place.tell_count(codes, category["n"])
        place.tell_share(codes, sum(true[code] for code in codes))


def _tell_missing(place: _Place, missing: Iterable[Document]) -> None:
    known, source = place.known, place.source
    for entry in missing:
        name = place.missing(entry["code"])
        if is_number(entry["n"]):
            known.count(name, *window(int(entry["n"])))
        else:
            most = known.high[source.everyone]
            known.count(name, *hidden_window(entry["n"], source.threshold, most))


def _tell_boxes(place: _Place) -> None:
    for computed, released in place.source.rows():
        share = computed["share_of"]
        if computed["group"] is None and share and share["variable"] == place.variable:
            truth, told = computed[place.source.wave], released[place.source.wave]
            if "estimate" in told:
                place.tell_share(share["codes"], truth["n_chosen"])


def _tell_margin(place: _Place) -> None:
    """The composition told of the weights: levels of a margin, each several answers."""
    section = place.source.released["weighting"] or {}
    wave = section.get("waves", {}).get(place.source.wave, {})
    pairs = zip(section.get("targets", ()), wave.get("composition", ()), strict=False)
    for target, margin in pairs:
        if target["variable"] != place.variable or not isinstance(margin["levels"], list):
            continue
        for level, told in zip(target["levels"], margin["levels"], strict=True):
            place.tell_count(level["codes"], told["n"])
        if "n" in margin["not_given"]:
            place.known.count(place.unsaid, *window(margin["not_given"]["n"]))


def _tell_findings(place: _Place) -> None:
    """How many left the question out."""
    for finding in place.source.released["findings"]:
        about = (finding["about"] or {}).get("id")
        if finding["id"] != "missing_answers" or about != place.variable:
            continue
        told = finding["numbers"].get(place.source.wave, {}).get("n")
        if is_number(told):
            asked = [e["code"] for e in place.truth["missing"] if e["reason"] != "not_shown"]
            low, high = window(int(told))
            place.known.fact(dict.fromkeys(map(place.missing, asked), 1.0), low, high)
