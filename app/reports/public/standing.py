"""What there is to read of an initiative: a result, one that was withdrawn, or nothing yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from app.errors import NotFound
from app.initiatives.service import get_initiative, list_waves
from app.initiatives.tables import Wave
from app.instruments.service import thawed_version
from app.reports.publishing.store import publications_of
from app.reports.service import is_public_id, key_of
from app.responses.texts.service import approved_quotes
from app.tenancy import enter_agency

PATH: Final = "/results/{public_id}"


@dataclass(frozen=True, slots=True)
class Release:
    """One report that is or was public, under its own address."""

    public_id: str
    released: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    published_on: date
    withdrawn_on: date | None
    withdrawn_because: str | None
    wave_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuotedWords:
    """What people wrote in answer to one question of one wave, as two reviewers agreed on it."""

    wave: Mapping[str, str]
    question: Mapping[str, str]
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """newest: None before anything was published. earlier: those that can still be read."""

    title: Mapping[str, str]
    notice: Mapping[str, Any]
    is_simulated: bool
    languages: tuple[str, ...]
    newest: Release | None
    earlier: tuple[Release, ...]
    police_name: Mapping[str, str] = field(default_factory=dict)
    quotes: tuple[QuotedWords, ...] = ()


def standing_of(session: Session, public_id: str) -> Standing:
    """An initiative that has asked nobody yet is not there."""
    if not is_public_id(public_id):
        raise NotFound("reports.no_result_page")
    agency_id, initiative_id = key_of(public_id)
    enter_agency(session, agency_id)
    waves = {w.id: w for w in list_waves(session, agency_id, initiative_id) if w.state != "draft"}
    if not waves:
        raise NotFound("reports.no_result_page")
    initiative = get_initiative(session, agency_id, initiative_id)
    releases = [
        Release(
            public_id=report.public_id,
            released=publication.document or "",
            before=waves[report.before_wave_id].label,
            after=waves[report.after_wave_id].label,
            published_on=publication.published_on or report.created_on,
            withdrawn_on=publication.withdrawn_on,
            withdrawn_because=publication.withdrawn_because,
            wave_ids=(report.before_wave_id, report.after_wave_id),
        )
        for report, publication in publications_of(session, agency_id, initiative_id)
    ]
    newest = _newest(releases)
    return Standing(
        title=initiative.title,
        notice=initiative.notice,
        is_simulated=initiative.is_simulated,
        languages=tuple(dict.fromkeys(tag for wave in waves.values() for tag in wave.languages)),
        newest=newest,
        earlier=tuple(r for r in releases if r is not newest and r.withdrawn_on is None),
        police_name=initiative.police_name,
        quotes=tuple(_quoted(session, [waves[name] for name in _reported(newest)])),
    )


def _reported(newest: Release | None) -> tuple[str, ...]:
    """The waves that the result on the page tells of."""
    return () if newest is None or newest.withdrawn_on is not None else newest.wave_ids


def _quoted(session: Session, waves: Sequence[Wave]) -> Iterator[QuotedWords]:
    """By wave and question, without any group."""
    for wave in waves:
        quotes = approved_quotes(session, wave.agency_id, [wave.id])
        if not quotes:
            continue
        asked = thawed_version(session, wave.agency_id, wave.instrument_hash).questions
        for question in asked:
            words = tuple(quote.words for quote in quotes if quote.question == question.id)
            if words:
                yield QuotedWords(wave.label, question.text, words)


def _newest(releases: Sequence[Release]) -> Release | None:
    """One that can be read, where there is one; else the one that was withdrawn last."""
    readable = (release for release in releases if release.withdrawn_on is None)
    return next(readable, None) or next(iter(releases), None)
