"""A crowd that sends sheets to a running web process, some of them again and again."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sqlalchemy import select, text

from app.collectors.service import FieldedCollector
from app.db import Database
from app.privacy.form_tokens import FormTokens
from app.privacy.identifiers import intake_id
from app.privacy.web_keys import WebKeyStore
from app.responses.tables import intake
from tests.bench.load import post, read_reply

AT_ONCE = 16
# Without any progress. How long all of it takes says something about the machine alone.
PATIENCE = 120.0
STORED = 200


@dataclass
class Crowd:
    """Knows each nonce it has sent, and which of them were thanked for.

    `at_thanks` is told how many there are so far, each time there is one more.
    """

    collector: FieldedCollector
    web_keys: WebKeyStore
    sent: set[bytes] = field(default_factory=set)
    thanked: set[bytes] = field(default_factory=set)
    refused: list[int] = field(default_factory=list)
    unheard: set[bytes] = field(default_factory=set)  # sent, and the connection ended
    longest_refusal: float = 0.0  # seconds from sending to hearing
    longest_thanks: float = 0.0
    at_thanks: Callable[[int], None] = field(default=lambda _thanks: None)

    def sheets(self, number: int) -> dict[bytes, bytes]:
        """From nonce to the body a browser would post."""
        tokens = FormTokens(self.web_keys)
        nonces = [os.urandom(16) for _ in range(number)]
        return {
            nonce: urlencode(
                {"_token": tokens.issue(self.collector.wave_id, nonce), "_lang": "en", "t1": "3"}
            ).encode()
            for nonce in nonces
        }

    def send(self, port: int, sheets: dict[bytes, bytes], *, again: random.Random | None) -> None:
        """Each sheet once, or one to five times in any order. Ends when the server does."""
        nonces = [nonce for nonce in sheets for _ in range(again.randint(1, 5) if again else 1)]
        if again:
            again.shuffle(nonces)
        asyncio.run(self._send(port, nonces, sheets))

    def send_for(self, port: int, sheets: dict[bytes, bytes], seconds: float) -> None:
        """Whoever has no answer by then gives up waiting, as people do."""

        async def wait() -> None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._send(port, list(sheets), sheets), seconds)

        asyncio.run(wait())

    def send_until_thanked(self, port: int, sheets: dict[bytes, bytes]) -> None:
        """As the page does: again and again, with a pause, until each was thanked for."""
        fewest, ends = len(sheets) + 1, 0.0
        while waiting := {n: body for n, body in sheets.items() if n not in self.thanked}:
            if len(waiting) < fewest:
                fewest, ends = len(waiting), time.monotonic() + PATIENCE
            assert time.monotonic() < ends, f"{len(waiting)} sheets are refused for ever"
            self.send_for(port, waiting, PATIENCE)
            time.sleep(0.1)

    async def _send(self, port: int, nonces: Sequence[bytes], sheets: dict[bytes, bytes]) -> None:
        path = f"/s/{self.collector.public_id}"
        origin = f"http://127.0.0.1:{port}"
        shared = iter([(nonce, post(path, sheets[nonce], origin)) for nonce in nonces])
        phones = (self._phone(port, shared) for _ in range(AT_ONCE))
        await asyncio.gather(*phones)

    async def _phone(self, port: int, requests: Iterator[tuple[bytes, bytes]]) -> None:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return
        try:
            for nonce, request in requests:
                self.sent.add(nonce)
                self.unheard.add(nonce)
                began = time.monotonic()
                writer.write(request)
                async with asyncio.timeout(PATIENCE):
                    status = await read_reply(reader)
                self.unheard.discard(nonce)
                self._note(nonce, status, time.monotonic() - began)
        except TimeoutError as exc:
            raise AssertionError(f"a sheet had no answer for {PATIENCE} seconds") from exc
        except (OSError, asyncio.IncompleteReadError):
            return  # the server is gone, and with it what was on its way
        finally:
            writer.close()

    def _note(self, nonce: bytes, status: int, waited: float) -> None:
        if status == STORED:
            self.thanked.add(nonce)
            self.longest_thanks = max(self.longest_thanks, waited)
            self.at_thanks(len(self.thanked))
        else:
            self.refused.append(status)
            self.longest_refusal = max(self.longest_refusal, waited)


def stored_ids(database: Database) -> list[bytes]:
    with database.reading() as session:
        if database.is_sqlite:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
        return list(session.scalars(select(intake.c.id)))


def ids_of(nonces: set[bytes]) -> set[bytes]:
    return {intake_id(nonce) for nonce in nonces}
