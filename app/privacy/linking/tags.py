"""From the elements of a code to its tags. Nothing here is kept."""

from __future__ import annotations

import hmac
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from app.privacy.web_keys import WebKeyStore

TAG_BYTES: Final = 16
MOST_LEFT_EMPTY: Final = 1
_LEFT_OUT: Final = b"\x01"  # no element can be this
_BETWEEN: Final = b"\x00"


class LinkTags:
    """Makes the tags of an initiative by its key in the web key store."""

    def __init__(self, web_keys: WebKeyStore) -> None:
        self._keys = web_keys

    def of_code(self, initiative_id: str, elements: Sequence[str]) -> list[str]:
        """The tag of all elements, then one for each left out; none where too few were given."""
        if not elements:
            return []
        return link_tags(self._keys.link_key(initiative_id), elements)


def link_tags(key: bytes, elements: Sequence[str]) -> list[str]:
    plain = [_plain(element).encode() for element in elements]
    if sum(not element for element in plain) > MOST_LEFT_EMPTY:
        return []
    with_gaps = ([*plain[:i], _LEFT_OUT, *plain[i + 1 :]] for i in range(len(plain)))
    return [_tag(key, each) for each in (plain, *with_gaps)]


def _tag(key: bytes, elements: Sequence[bytes]) -> str:
    message = b"link v1" + _BETWEEN.join(elements)
    return hmac.new(key, message, "sha256").digest()[:TAG_BYTES].hex()


def _plain(element: str) -> str:
    """However it was typed: another day, another phone, another spelling of an accent."""
    apart = unicodedata.normalize("NFKD", element.casefold())
    return "".join(sign for sign in apart if sign.isalnum())
