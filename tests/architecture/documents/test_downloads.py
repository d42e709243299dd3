"""Every kind of download is explained on its page, and the page names no other."""

from __future__ import annotations

import re

from app.exports.catalogue import DOWNLOADS
from tests.architecture.documents.pages import page


def test_every_download_is_explained() -> None:
    kinds = {download.kind for download in DOWNLOADS}
    text = page("docs/downloads.md").text
    explained = set(
        re.findall(r"`(\w+)`", "\n".join(re.findall(r"^\| (`.+?) \|", text, re.MULTILINE)))
    )
    assert explained <= kinds
    reports = {kind for kind in kinds if kind.startswith("report_")}
    assert kinds - reports <= explained
