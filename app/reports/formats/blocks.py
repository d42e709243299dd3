"""A report as a row of blocks: what formats that know no page of their own write one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from app.reports.reading import ReportReading
from app.reports.reading.checks.fairness import Line as FairnessLine
from app.reports.reading.figures import Picture
from app.reports.reading.number_tables import Table
from app.reports.reading.panels import Key, Panel

_BETWEEN = " · "


@dataclass(frozen=True, slots=True)
class Heading:
    """level: 1 is the title of the whole report."""

    level: int
    text: str
    opens_page: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """look: plain, kind, soft, verdict, lead, sentence, share, strong, warning."""

    look: str
    text: str


@dataclass(frozen=True, slots=True)
class Bullets:
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pictures:
    """Side by side where there are two. key: what the colours of a bar stand for."""

    pictures: tuple[Picture, ...]
    key: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """Names, each with what is said of it."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Box:
    """Blocks that stand together in a frame."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """Columns that are read one after the other."""

    columns: tuple[tuple[Block, ...], ...]


Block = Beside | Heading | Line | Bullets | Pictures | Terms | Box | Table


def report_blocks(reading: ReportReading) -> Iterator[Block]:
    yield from _front(reading)
    yield from _brief(reading)
    yield from _outcomes(reading)
    yield from _course(reading)
    yield from _groups(reading)
    yield from _checks(reading)
    yield from _other_ways(reading)
    yield from _method(reading)
    yield from _numbers(reading)


def pictures_in(blocks: Iterable[Block]) -> Iterator[Picture]:
    for block in blocks:
        if isinstance(block, Pictures):
            yield from block.pictures


def _front(reading: ReportReading) -> Iterator[Block]:
    t = reading.wording
    if reading.is_simulated:
        yield Line("warning", t("simulated"))
    yield Line("kind", reading.kind)
    yield Heading(1, reading.title)
    if reading.waves:
        yield Line("soft", _BETWEEN.join(reading.waves))
    if t.is_draft:
        yield Line("soft", t("draft"))


def _brief(reading: ReportReading) -> Iterator[Block]:
    t, honesty = reading.wording, reading.honesty
    yield Heading(2, t("in_brief"))
    for panel in reading.lead:
        yield Heading(3, panel.title)
        yield from _verdict(panel, "lead")
        yield Line("sentence", panel.sentences[0])
        yield from (Line("share", share) for share in panel.shares)
        yield from _views(panel)
        yield from (Line("plain", sentence) for sentence in panel.sentences[1:])
    yield Beside(
        (
            (Heading(3, t("can_heading")), Bullets(honesty.can)),
            (Heading(3, t("cannot_heading")), Bullets(honesty.cannot)),
        )
    )
    yield Heading(3, t("fair_heading"))
    yield Line("plain", reading.fair.answer)
    yield Bullets(tuple(_finding(one) for one in reading.fair.blocks))
    yield Box(
        (
            Heading(3, t("reached_heading")),
            *(Line("plain", warning) for warning in honesty.warnings),
            replace(honesty.reached, caption=""),
        )
    )


def _outcomes(reading: ReportReading) -> Iterator[Block]:
    t = reading.wording
    for heading, intro, panels in (
        (t("scales_heading"), t("scales_intro"), reading.scales),
        (t("items_heading"), t("items_intro"), reading.items),
    ):
        if panels:
            yield Heading(2, heading)
            yield Line("soft", intro)
        for panel in panels:
            yield Heading(3, panel.title)
            yield from _verdict(panel, "verdict")
            yield from _views(panel)
            yield from (Line("plain", sentence) for sentence in panel.sentences)
            yield Line("soft", " ".join(panel.notes))


def _verdict(panel: Panel, look: str) -> Iterator[Block]:
    if panel.verdict_label:
        yield Line(look, panel.verdict_label)
        yield from (Line("plain", note) for note in panel.verdict_notes)


def _views(panel: Panel) -> Iterator[Block]:
    for view in panel.views:
        drawn = tuple(picture for picture in (view.levels, view.change) if picture)
        if drawn and len(panel.views) > 1:
            yield Line("strong", view.caption)
        if drawn:
            yield Pictures(drawn)
    if panel.answers:
        yield Pictures((panel.answers,), panel.legend)


def _course(reading: ReportReading) -> Iterator[Block]:
    t, course = reading.wording, reading.course
    if course is None:
        return
    yield Heading(2, t("course_heading"))
    yield Line("soft", t("course_intro"))
    if course.note:
        yield Line("plain", course.note)
    for outcome in course.outcomes:
        yield Heading(3, outcome.title)
        yield Line("plain", outcome.sentences[0])
        if outcome.picture:
            yield Pictures((outcome.picture,))
        yield from (Line("plain", sentence) for sentence in outcome.sentences[1:])
        yield from outcome.tables


def _groups(reading: ReportReading) -> Iterator[Block]:
    t = reading.wording
    if reading.groups:
        yield Heading(2, t("groups_heading"))
        yield Line("soft", t("groups_intro"))
    for groups in reading.groups:
        yield Heading(3, groups.title)
        yield from (Line("plain", note) for note in groups.notes)
        for one in groups.pictures:
            yield Line("strong", one.caption)
            yield Pictures((one.picture,))
        if groups.gaps:
            yield Line("strong", t("gaps_heading"))
            yield Bullets(groups.gaps)
        yield from groups.tables
    if reading.areas:
        yield Heading(2, t("areas_heading"))
        for beside in reading.areas.outcomes:
            yield Line("plain", beside.sentence)
            yield beside.table
        yield from (Line("plain", note) for note in reading.areas.notes)
    if reading.withheld:
        yield Heading(2, t("withheld_heading"))
        yield Line("soft", t("withheld_intro"))
        told = t("withheld_allowed")
        yield Terms(tuple((w.groups, f"{w.why} {told} {w.allowed}") for w in reading.withheld))


def _other_ways(reading: ReportReading) -> Iterator[Block]:
    t = reading.wording
    if reading.other_ways:
        yield Heading(2, t("other_ways_heading"))
        yield Line("soft", t("other_ways_intro"))
    for one in reading.other_ways:
        yield Heading(3, one.title)
        yield from (Line("strong", note) for note in one.notes)
        if one.picture:
            yield Pictures((one.picture,))
        yield one.table


def _checks(reading: ReportReading) -> Iterator[Block]:
    t, fair = reading.wording, reading.fair
    yield Heading(2, t("fair_heading"))
    yield Line("strong", fair.answer)
    yield Bullets(tuple(_finding(one) for one in fair.lines))
    yield from (Line("plain", note) for note in fair.again)
    if fair.passed:
        yield Heading(3, t("fair_passed"))
        yield Bullets(fair.passed)
    if reading.who:
        yield Heading(2, t("who_heading"))
        yield Line("soft", t("who_intro"))
        yield from _titled(reading.who)
    for part in reading.checked:
        yield Heading(2, part.heading)
        yield Bullets(part.checks.notes)
        yield from _titled(part.checks.tables)


def _finding(line: FairnessLine) -> str:
    return f"{line.label} {line.reason} {line.what_to_do}"


def _titled(tables: Iterable[tuple[str, Table]]) -> Iterator[Block]:
    for title, table in tables:
        yield Heading(3, title)
        yield table


def _method(reading: ReportReading) -> Iterator[Block]:
    t, method = reading.wording, reading.method
    yield Heading(2, t("method_heading"))
    yield Bullets(method.notes)
    yield Terms(method.facts)
    yield Heading(3, t("plan_heading"))
    yield Terms(method.plan)
    yield method.smallest_changes
    yield Heading(3, t("elements_heading"))
    yield Line("soft", t("elements_intro"))
    yield Terms(method.elements)
    for instrument in method.instruments:
        yield Heading(2, instrument.heading)
        for page in instrument.pages:
            if page.title:
                yield Heading(3, page.title)
            for question in page.questions:
                yield Line("strong", question.text)
                yield from (Line("soft", note) for note in question.notes)
                if question.answers:
                    yield Line("plain", _BETWEEN.join(question.answers))


def _numbers(reading: ReportReading) -> Iterator[Block]:
    """Every number behind the pictures, for those who want to check them."""
    t = reading.wording
    yield Heading(2, t("numbers_behind"), opens_page=True)
    for panel in (*reading.lead, *reading.scales, *reading.items):
        yield Heading(3, panel.title)
        if panel in reading.lead:
            yield Line("soft", " ".join(panel.notes))
        yield from panel.tables
