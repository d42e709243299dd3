"""What of a report may be told: as it was published, or else as it was released."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from analysis.codebook import Codebook
from app.errors import NotFound
from app.exports.bundles.public import public_bundle
from app.initiatives.service import get_wave
from app.reports.breakdowns.grouping import read_groupings, with_group_columns
from app.reports.facts import about_initiative, codebook_of
from app.reports.publishing.acts import published_report
from app.reports.publishing.store import published_document
from app.reports.service import get_report, key_of


def published_bundle(session: Session, public_id: str, language: str) -> bytes:
    """For anyone; refused where nothing is published under this address, or not any more."""
    found = published_report(session, public_id)
    if found.withdrawn_on is not None:
        raise NotFound("downloads.withdrawn")
    codebooks = _codebooks(session, *key_of(public_id))
    return public_bundle(json.loads(found.released), codebooks, language)


def bundle_of_report(session: Session, agency_id: str, report_id: str, language: str) -> bytes:
    """For staff, also before it is published: what they see on the page, and no more."""
    document = released_document(session, agency_id, report_id)
    return public_bundle(document, _codebooks(session, agency_id, report_id), language)


def released_document(session: Session, agency_id: str, report_id: str) -> Mapping[str, Any]:
    """With the parts that were chosen, once they are."""
    published = published_document(session, agency_id, report_id)
    text = published[0] if published else get_report(session, agency_id, report_id).released
    document: Mapping[str, Any] = json.loads(text)
    return document


def _codebooks(session: Session, agency_id: str, report_id: str) -> dict[str, Codebook]:
    report = get_report(session, agency_id, report_id)
    waves = {"before": report.before_wave_id, "after": report.after_wave_id}
    found = {name: get_wave(session, agency_id, wave_id) for name, wave_id in waves.items()}
    about = about_initiative(session, found["after"])
    groupings = read_groupings(json.loads(report.released)["initiative"] or {})
    return {
        name: with_group_columns(codebook_of(session, wave, about), groupings)
        for name, wave in found.items()
    }
