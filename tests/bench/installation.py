"""An installation of Rapport with one open wave, and the sheets that will be sent to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import numpy as np

from app.collectors.service import FieldedCollector, load_collector
from app.db import Database
from app.migrations import migrate
from app.privacy.count_keys import CountKeyStore
from app.privacy.form_tokens import FormTokens
from app.privacy.web_keys import WebKeyStore
from app.questions.contract import PageContext
from tests.factories import make_areas, make_collector, make_initiative, make_wave

LANGUAGES = ("en", "es", "ar", "vi")


@dataclass(frozen=True)
class Installation:
    folder: Path
    database_url: str
    collector: FieldedCollector

    @property
    def environment(self) -> dict[str, str]:
        return {
            "RAPPORT_DATABASE_URL": self.database_url,
            "RAPPORT_WEB_KEY_STORE": str(self.folder / "web-keys"),
            "RAPPORT_WEB_MASTER_FILE": str(self.folder / "secrets" / "web-master"),
        }

    @property
    def path(self) -> str:
        return f"/s/{self.collector.public_id}"

    def sheets(self, number: int, rng: np.random.Generator) -> list[bytes]:
        """Bodies as a browser posts them: every question answered, each with a token of its own."""
        store = WebKeyStore(self.folder / "web-keys", self.folder / "secrets" / "web-master")
        tokens = FormTokens(store)
        page = PageContext("en", self.collector.instrument.missing_labels, self.collector.areas)
        asked = [
            (question.fields[0], [choice.value for choice in question.choices(page, {})])
            for question in self.collector.instrument.asking(self.collector.wave_kind)
            if question.fields
        ]
        return [
            urlencode(
                {
                    "_token": tokens.issue(self.collector.wave_id),
                    "_lang": "en",
                    **{field: str(rng.choice(choices)) for field, choices in asked},
                }
            ).encode()
            for _ in range(number)
        ]


@contextmanager
def installed(database_url: str | None = None) -> Iterator[Installation]:
    """With core_trust in an open wave; SQLite in a temporary folder unless an address is given."""
    with TemporaryDirectory(prefix="rapport-bench-") as name:
        folder = Path(name)
        url = database_url or f"sqlite:///{folder / 'rapport.db'}"
        database = Database(url)
        migrate(database)
        keys = CountKeyStore(folder / "count-keys", folder / "secrets" / "count-master")
        with database.writing() as session:
            initiative = make_initiative(session)
            make_areas(session, initiative)
            wave = make_wave(session, initiative, state="open", keys=keys, languages=LANGUAGES)
            public_id = make_collector(session, wave).public_id
        with database.reading() as session:
            collector = load_collector(session, public_id)
        database.dispose()
        yield Installation(folder, url, collector)
