"""What people hold in their hands: posters and paper sheets of the ways in to a wave."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

from app.collectors.service import collectors_of_wave, load_collector
from app.errors import BadInput
from app.printing.paper import print_paper
from app.printing.poster import print_poster
from app.responses.pages.wording import languages_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.collectors.service import CollectorLine, FieldedCollector
    from app.exports.service import Wanted
    from app.printing.wording import PaperSize

LONGEST_NAME: Final = 60
_NOT_IN_NAMES: Final = re.compile(r"[^\w-]+")


def print_for(
    session: Session,
    agency_id: str,
    wanted: Wanted,
    base_url: str,
    say: Callable[[str], None],
) -> bytes:
    """The file for the kind `poster`, `paper` or `posters`, each with its size of paper."""
    what, _, size_name = wanted.kind.rpartition("_")
    size: PaperSize = "letter" if size_name == "letter" else "a4"
    if what == "posters":
        return _all_posters(session, agency_id, wanted.subject, size, base_url, say)
    fielded = load_collector(session, agency_id + wanted.subject)
    if what == "paper":
        return print_paper(fielded, wanted.language, size)
    return print_poster(fielded, wanted.language, size, base_url=base_url)


def _all_posters(
    session: Session,
    agency_id: str,
    wave_id: str,
    size: PaperSize,
    base_url: str,
    say: Callable[[str], None],
) -> bytes:
    lines = [each for each in collectors_of_wave(session, agency_id, wave_id) if each.has_poster]
    if not lines:
        raise BadInput("printing.no_open_link")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as posters:
        for place, line in enumerate(lines, start=1):
            fielded = load_collector(session, line.public_id)
            for language in _languages(line, fielded):
                pdf = print_poster(fielded, language, size, base_url=base_url)
                posters.writestr(f"{place:03}-{_plain(line.label)}-{language}.pdf", pdf)
            say(f"{place} of {len(lines)} posters are made.")
    return file.getvalue()


def _languages(line: CollectorLine, fielded: FieldedCollector) -> Iterator[str]:
    """That in which it opens; else every language of the wave."""
    yield from [line.language] if line.language else languages_of(fielded)


def _plain(label: str) -> str:
    return _NOT_IN_NAMES.sub("-", label).strip("-")[:LONGEST_NAME] or "poster"
