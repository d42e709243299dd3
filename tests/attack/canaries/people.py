"""People of whom each brings what must be kept nowhere, and what they do on the pages."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from ipaddress import ip_address
from typing import Final
from urllib.parse import quote, urlencode

from tests.attack.spellings import named_spellings, spellings_of_bytes
from tests.integration.pages.reading import ReadPage
from tests.integration.pages.sealing import queued

HEADER: Final = "X-Visitor"
ELEMENTS: Final = ("first_pet", "first_teacher", "dish", "song", "toy", "fear", "color")
FORM: Final = "application/x-www-form-urlencoded"
LONG_ENOUGH: Final = 12  # shorter ones stand somewhere by chance


def word() -> str:
    """Seventy-five random bits, which stand nowhere by chance."""
    return "canary" + "".join(secrets.choice("bcdfghjkmnpqrstvwxyz2346789") for _ in range(16))


def address(number: int) -> str:
    if number % 2:
        return str(ip_address((0x20010DB8 << 96) | secrets.randbits(96)))
    return ".".join(str(100 + secrets.randbelow(120)) for _ in range(4))


@dataclass(frozen=True)
class Person:
    """Whoever comes from a network of their own with a card, a browser and memories."""

    number: int
    code: str
    address: str
    agent: str = field(default_factory=word)
    referrer: str = field(default_factory=word)
    cookie: str = field(default_factory=word)
    query: str = field(default_factory=word)
    path: str = field(default_factory=word)
    tongue: str = field(default_factory=word)
    typed: str = field(default_factory=word)
    memories: tuple[str, ...] = field(default_factory=lambda: tuple(word() for _ in ELEMENTS))

    @classmethod
    def with_card(cls, number: int, code: str) -> Person:
        return cls(number, code, address(number))

    @property
    def headers(self) -> dict[str, str]:
        return {
            HEADER: self.address,
            "User-Agent": f"{self.agent}/1.0",
            "Referer": f"https://example.org/{self.referrer}",
            "Cookie": f"seen={self.cookie}",
            "Accept-Language": f"en, x-{self.tongue};q=0.1",
            "Sec-Fetch-Site": "same-origin",
        }

    @property
    def answers(self) -> dict[str, str | list[str]]:
        opinion = str(1 + self.number % 5)
        return {**dict(zip(ELEMENTS, self.memories, strict=True)), "fair": opinion}

    def needles(self) -> Iterator[tuple[bytes, str]]:
        """Every spelling of everything this person brought, and what it is."""
        for what in ("agent", "referrer", "cookie", "query", "path", "tongue", "typed"):
            yield from _told(what, str(getattr(self, what)))
        for memory in self.memories:
            yield from _told("memory", memory)
        for code in (self.code, self.code.replace("-", "")):
            yield from _told("code", code)
        yield from spellings_of_address(self.address)


def spellings_of_address(told: str) -> Iterator[tuple[bytes, str]]:
    """As text, as the bytes it stands for, and its network alone; hashed or not."""
    known = ip_address(told)
    for text in {told, known.exploded}:
        yield from _told("address", text)
    parts = {"address": known.packed, "network": known.packed[: len(known.packed) // 2]}
    for what, raw in parts.items():
        for how, needle in spellings_of_bytes(raw):
            if len(needle) >= LONG_ENOUGH and any(raw):
                yield needle, f"{what} as bytes {how}"


def _told(what: str, canary: str) -> Iterator[tuple[bytes, str]]:
    return ((needle, f"{what} {how}") for how, needle in named_spellings(canary))


@dataclass
class Visits:
    """What a person asks of the web process at this port. Counts the requests."""

    port: int
    requests: int = 0

    def ask(
        self,
        person: Person,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, str]:
        self.requests += 1
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=60)) as connection:
            connection.request(method, path, body, {**person.headers, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.read().decode("utf-8", "replace")

    def page(self, person: Person, path: str) -> ReadPage:
        status, text = self.ask(person, "GET", f"{path}?from={person.query}")
        assert status == 200
        return ReadPage(text)

    def send(self, person: Person, path: str, body: bytes) -> int:
        return self.ask(person, "POST", path, body, {"Content-Type": FORM})[0]

    def answer(self, person: Person, path: str) -> None:
        """At once, or from the queue of a phone; and again with the card that is used up."""
        answers = {**person.answers, "_code": person.code, "_website": person.typed}
        page = self.page(person, path)
        if person.number % 2:
            sheet = queued(page, answers)
            told = self.ask(person, "POST", f"{path}/sealed", sheet)[0]
        else:
            told = self.send(person, path, page.form.with_answers(answers))
        assert told == 200, told
        again = self.page(person, path).form.with_answers(answers)
        assert (status := self.send(person, path, again)) == 409, status

    def stumble(self, person: Person, path: str) -> list[int]:
        """Everything that goes wrong on the way in, with what the person brought in it."""
        form = self.page(person, path).form
        wrong = {**person.answers, "_code": person.code[:-1] + "~"}
        as_json = {"Accept": "application/json", "Content-Type": FORM}
        body = urlencode({"_token": person.typed, "_code": person.code}).encode()
        told = [
            self.send(person, path, form.with_answers(wrong)),
            self.send(person, path, b"\xff" + body),
            self.send(person, path, body + b"&unknown=" + person.typed.encode()),
            self.send(person, path, body + b"&x=" + person.typed.encode() * 4000),
            self.ask(person, "POST", f"{path}/sealed", person.typed.encode() * 50)[0],
            self.ask(person, "POST", path, body, as_json)[0],
            self.ask(
                person,
                "POST",
                path,
                body,
                {"Content-Type": "multipart/form-data; boundary=" + person.typed},
            )[0],
            self.ask(person, "POST", path, body, {"Sec-Fetch-Site": "cross-site"})[0],
            self.ask(person, "PUT", path, body)[0],
            self.ask(person, "GET", f"/{person.path}/{quote(person.code)}?x={person.query}")[0],
            self.ask(person, "GET", f"/s/{person.path[:16]}?x={person.query}")[0],
            self.ask(person, "POST", f"/s/{person.path[:16]}", body, {"Content-Type": FORM})[0],
        ]
        assert all(400 <= status < 500 for status in told), told
        return told

    def break_off(self, people: Sequence[Person], path: str) -> list[bytes]:
        """Half of a request each, and a whole one whose answer nobody waits for."""
        sent = [self.form(person, path) for person in people]
        self._open = [
            socket.create_connection(("127.0.0.1", self.port), 60) for _ in range(2 * len(people))
        ]
        for number, connection in enumerate(self._open):
            person, body = people[number // 2], sent[number // 2]
            head = "".join(f"{name}: {value}\r\n" for name, value in person.headers.items())
            start = (
                f"POST {path}?from={person.query} HTTP/1.1\r\nHost: here\r\n{head}"
                f"Content-Type: {FORM}\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            connection.sendall(start.encode() + (body if number % 2 else body[:-20]))
            self.requests += 1
        return sent

    def form(self, person: Person, path: str) -> bytes:
        answers = {**person.answers, "_code": person.code}
        return self.page(person, path).form.with_answers(answers)

    def hang_up(self) -> None:
        for connection in self._open:
            connection.close()
