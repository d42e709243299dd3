"""Waves, their ways in, codes and counts, as calls bring them and are answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field

from app.api.shapes.words import WHOLE, Hash, Id, Language, Line, PublicId, Sent, Shown, Texts, Yes
from app.collectors.cards import HIGHEST_CAP, MOST_TESTS, USUAL_CAP
from app.initiatives.wave import WaveState

MOST_CODES_A_CALL = 5_000
InstrumentName = Annotated[
    str,
    Field(
        pattern=r"^([a-z][a-z0-9_]{0,63}|[0-9a-f]{64})$",
        description="The id of a questionnaire that comes with the program, or the content "
        "hash of one that the agency brought.",
    ),
]


class NewWave(Sent):
    """A wave in draft. Its questionnaire is frozen now: a later version does not reach it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "baseline",
                    "label": {"en": "Before"},
                    "languages": ["en", "es"],
                    "instrument": "core_trust",
                }
            ]
        }
    )

    kind: Literal["baseline", "follow_up"]
    label: Texts
    languages: Annotated[list[Language], Field(min_length=1, max_length=20)]
    instrument: InstrumentName


class JobShown(Shown):
    """What the worker was asked to do with the wave, and how far it is."""

    kind: Literal["open_wave", "end_fieldwork", "close_wave", "count_wave"]
    state: Literal["queued", "running", "done", "failed"]
    problem: str | None = Field(description="Why it was not done, and what to do.")
    due_at: datetime = Field(description="When it is to be done at the earliest.")


class WaveShown(Shown):
    """One fielding period."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "7hx1c5s9ra",
                    "initiative_id": "4w2kq0n8zc",
                    "position": 1,
                    "kind": "baseline",
                    "label": {"en": "Before"},
                    "state": "counted",
                    "languages": ["en", "es"],
                    "instrument_hash": "3c" * 32,
                    "opened_at": "2026-11-21T09:30:00Z",
                    "closed_at": "2026-12-12T17:00:00Z",
                    "grace_ends_at": "2026-12-14T17:00:00Z",
                    "counted_at": "2026-12-14T17:01:00Z",
                    "jobs": [],
                }
            ]
        }
    )

    id: Id
    initiative_id: Id
    position: int
    kind: str
    label: dict[str, str]
    state: WaveState
    languages: list[str]
    instrument_hash: Hash
    opened_at: datetime | None
    closed_at: datetime | None
    grace_ends_at: datetime | None
    counted_at: datetime | None
    jobs: list[JobShown]


class Opening(Sent):
    """What has to be decided before a wave opens."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "accept_default_plan": False,
                    "draft_decision": "Ana Ruiz: the council reads them this week",
                }
            ]
        }
    )

    accept_default_plan: Yes = Field(
        default=False, description="For a follow-up without a locked plan: take the default one."
    )
    draft_decision: Annotated[str, Field(max_length=500, pattern=r"^[^\x00-\x1f\x7f]*$")] = Field(
        default="", description="Who accepts translations nobody has reviewed, and why."
    )
    opens_at: AwareDatetime | None = Field(
        default=None, description="A moment to come; left out, the wave opens now."
    )


class Closing(Sent):
    """How long sheets that wait on phones are still taken."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"grace_hours": 48}]})

    grace_hours: Annotated[int, Field(ge=0, le=72), WHOLE] = 48
    closes_at: AwareDatetime | None = Field(
        default=None, description="A moment to come; left out, the wave closes now."
    )


class CallOff(Sent):
    """Which plan to drop: the opening or the closing at a moment to come."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"what": "closing"}]})

    what: Literal["opening", "closing"]


class WaveCopy(Sent):
    """A wave once more, with its languages and ways in; codes are not copied."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"kind": "follow_up", "label": {"en": "After"}}]}
    )

    kind: Literal["baseline", "follow_up"]
    label: Texts
    instrument: InstrumentName | None = Field(
        default=None, description="A corrected questionnaire; left out, the same questions."
    )


class NewCollector(Sent):
    """A way in to a wave."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"label": "Poster at the library", "area_code": 1, "mode": "phone_web"}]
        }
    )

    label: Line
    area_code: Annotated[int, Field(ge=1, le=10_000), WHOLE] | None = None
    mode: Literal["phone_web", "kiosk", "paper"] = "phone_web"
    recruitment: Literal["group_code", "single_use_code"] | None = Field(
        default=None, description="Left out: an open link, or for paper entered by staff."
    )
    language: Language | None = Field(
        default=None, description="In which its page opens; left out, in that of the phone."
    )


class CollectorShown(Shown):
    """A way in, with its address."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "public_id": "r1v3rs4w2kq0n8zc",
                    "mode": "phone_web",
                    "label": "Poster at the library",
                    "area_code": 1,
                    "recruitment": "open",
                    "language": "es",
                    "address": "https://survey.example.org/s/r1v3rs4w2kq0n8zc?lang=es",
                    "stopped_on": "2026-11-21",
                }
            ]
        }
    )

    public_id: PublicId
    mode: str
    label: str
    area_code: int | None
    recruitment: str
    language: str | None
    address: str
    stopped_on: date | None = Field(description="The day it was stopped; nobody can answer by it.")


class LinksShown(Shown):
    """The links that were added, one for each area and language that had none."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"links": []}]})

    links: list[CollectorShown]


class NewCodes(Sent):
    """Codes for cards or flyers of a collector that asks for them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"codes": 50, "tests": 2}]})

    codes: Annotated[int, Field(ge=1, le=MOST_CODES_A_CALL), WHOLE]
    tests: Annotated[int, Field(ge=0, le=MOST_TESTS), WHOLE] = 0
    cap: Annotated[int, Field(ge=1, le=HIGHEST_CAP), WHOLE] = Field(
        default=USUAL_CAP, description="Uses of a group code that are not flagged."
    )


class CardShown(Shown):
    """A code as it is printed, and the address that carries it behind #."""

    code: str
    address: str
    is_test: bool


class CodesShown(Shown):
    """Told once: the database keeps a keyed hash of each code, and no code."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "collector": "r1v3rs4w2kq0n8zc",
                    "cards": [
                        {
                            "code": "7K3F-9QXM-2TA",
                            "address": "https://survey.example.org/s/r1v3rs4w2kq0n8zc#7K3F-9QXM-2TA",
                            "is_test": False,
                        }
                    ],
                }
            ]
        }
    )

    collector: PublicId
    cards: list[CardShown]
