"""Many sheets from one network, as a church hall or a machine would send them."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.browser.serving import VISITOR_HEADER
from tests.integration.pages.site import Fielded

CHURCH: Final = {VISITOR_HEADER: "203.0.113.7"}


def crowd(address: str, fielded: Fielded, sheets: int = 30) -> None:
    for _ in range(sheets):
        with urlopen(Request(address + fielded.path, headers=CHURCH)) as page:  # noqa: S310 - the server of this test
            (token,) = re.findall(r'name="_token" value="([^"]+)"', page.read().decode())
        body = urlencode({"_lang": "en", "_token": token}).encode()
        with urlopen(Request(address + fielded.path, body, CHURCH)) as answer:  # noqa: S310 - the same
            assert answer.status == 200
