"""The link tags of a counted wave until the next is counted: sealed to the initiative's link key.

One box a wave, sealed like an answer sheet and opened once, at the count of the next wave.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.privacy.seal import open_sealed, seal

TagsById = Mapping[bytes, Sequence[str]]


def seal_tags(tags: TagsById, public_key: bytes, wave_id: str) -> bytes:
    """In the order of the ids, which is a random one."""
    spelled = {response_id.hex(): list(tags[response_id]) for response_id in sorted(tags)}
    return seal(json.dumps(spelled).encode(), public_key, _place(wave_id))


def open_tags(ct: bytes, private_key: bytes, wave_id: str) -> dict[bytes, list[str]]:
    """Raises SealBroken."""
    spelled: dict[str, Any] = json.loads(open_sealed(ct, private_key, _place(wave_id)))
    return {bytes.fromhex(response_id): list(tags) for response_id, tags in spelled.items()}


def _place(wave_id: str) -> str:
    return f"tags {wave_id}"
