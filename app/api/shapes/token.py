"""The token that a call was made with."""

from __future__ import annotations

from pydantic import ConfigDict

from app.api.shapes.words import Id, Shown


class TokenShown(Shown):
    """What it may do: its scopes, as far as its owner still has the role."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"id": "1b5n7w3ekq", "agency_id": "r1v3rs", "scopes": ["see_fieldwork"]}]
        }
    )

    id: Id
    agency_id: str
    scopes: list[str]
