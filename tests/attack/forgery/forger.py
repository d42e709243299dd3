"""Draws forms that no page of ours would send, around a core that one would."""

from __future__ import annotations

import random
from base64 import b64decode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote_plus

from tests.integration.pages.reading import ReadPage
from tests.integration.pages.sealing import sealed

FORM_TYPE: Final = b"application/x-www-form-urlencoded"
Fields = list[tuple[str, str]]

VALUES: Final = (
    *("", " ", "0", "-0", "+1", "01", "1.0", "1e0", "0x1", "1_000", "9" * 400, "-3", "-4", "-5"),
    *("-1", "-2", "99", "10000", str(2**63), str(-(2**63)), "NaN", "Infinity", "true", "null"),
    *("\0", "1\0", "\0\0", "\u0661", "\u00b2", "\uff11", "\u202e1", "\ufeff1", "\U0001f600", "é"),
    *("<script>alert(1)</script>", "' OR 1=1 --", "{{7*7}}", "${7*7}", "{police}", "../../x"),
    *("1,2", "1;2", "[1]", '{"a":1}', "%00", "%s%n", "\r\nSet-Cookie: a=b", "x" * 3000, "\n"),
)
NAMES: Final = (
    *("", " ", "t1 ", "T1", "t1[]", "t1[0]", "t1.x", "a[b][c][d][e]", "__proto__", "constructor"),
    *("_lang", "_token", "_token[]", "_method", "__class__", "id", "answers", "quality", "area"),
    *("mode", "recruitment", "\0", "t1\0", "race_1", "race", "words", "x" * 5000, "\u202et1", "é"),
)
TYPES: Final = (
    *(b"", b"text/plain", b"application/json", b"multipart/form-data; boundary=x", b"\xff\xfe"),
    *(
        FORM_TYPE + b"; charset=utf-16",
        b"application/x-www-form-urlencoded, text/plain",
        b"x" * 900,
    ),
)
RAW: Final = (
    *(b"", b"&", b"=&=&=", b"%", b"%ff%fe", b"t1=%ed%a0%80", b"t1=%e0%80%af", b"\xff\xfet1=1"),
    *(b"\0" * 50, b"a" * 70_000, b"a=1&" * 600, b"{" * 5000, b"t1=1" + b"%00" * 2000, b"+" * 999),
    *(b'--x\r\nContent-Disposition: form-data; name="t1"\r\n\r\n1\r\n--x--\r\n', b"<xml/>"),
)


@dataclass(frozen=True)
class Target:
    """One wave's page, as a forger sees it."""

    path: str
    page: ReadPage
    languages: Sequence[str]


@dataclass(frozen=True)
class Forged:
    method: str
    path: str
    query: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes


class Forger:
    """The same seed forges the same forms, whatever the tokens of the pages."""

    def __init__(self, rng: random.Random, targets: Sequence[Target]) -> None:
        self._rng = rng
        self._targets = targets
        self._spent: list[str] = []
        self._changes: Sequence[Callable[[Target, Fields], None]] = (
            self._forge_value,
            self._forge_value,
            self._send_twice,
            self._answer_more,
            self._add_stranger,
            self._borrow_name,
            self._flood,
            self._forge_token,
            self._forge_language,
            self._shuffle,
        )

    def draw(self, target: Target, token: str) -> Forged:
        fields = [*self._honest(target), ("_lang", self._rng.choice(list(target.languages)))]
        fields.append(("_token", token))
        for _ in range(self._rng.choice((0, 0, 1, 1, 2, 3, 5))):
            self._rng.choice(self._changes)(target, fields)
        self._spent.append(token)
        return self._sent(target, fields, token)

    def _honest(self, target: Target) -> Fields:
        fields = []
        for name, values in target.page.form.offered.items():
            if self._rng.random() < 0.8:
                picked = self._rng.choice(values)
                fields.append((name, picked or str(self._rng.randrange(200))))
        fields += [(name, self._phrase()) for name in target.page.boxes if self._rng.random() < 0.5]
        return fields

    def _phrase(self) -> str:
        words = ("they", "come", "late", "555-234-5678", "a@b.org", "\n", "\0", "é", "<b>", "ok")
        return " ".join(self._rng.choices(words, k=self._rng.randrange(1, 60)))

    def _forge_value(self, target: Target, fields: Fields) -> None:
        del target
        place = self._rng.randrange(len(fields))
        fields[place] = (fields[place][0], self._rng.choice(VALUES))

    def _send_twice(self, target: Target, fields: Fields) -> None:
        del target
        fields.append(self._rng.choice(fields))

    def _answer_more(self, target: Target, fields: Fields) -> None:
        name, values = self._rng.choice(list(target.page.form.offered.items()))
        fields += [(name, value) for value in values]

    def _add_stranger(self, target: Target, fields: Fields) -> None:
        del target
        fields.append((self._rng.choice(NAMES), self._rng.choice(VALUES)))

    def _borrow_name(self, target: Target, fields: Fields) -> None:
        """A question of another survey, answered as it may be there."""
        del target
        other = self._rng.choice(self._targets).page.form.offered
        name, values = self._rng.choice(list(other.items()))
        fields.append((name, self._rng.choice(values)))

    def _flood(self, target: Target, fields: Fields) -> None:
        del target
        if self._rng.random() < 0.2:
            fields += [(f"t{n}", "1") for n in range(self._rng.randrange(100, 700))]

    def _forge_token(self, target: Target, fields: Fields) -> None:
        del target
        token = dict(fields).get("_token", "")
        forged = (
            "",
            token[:-1],
            token + "A",
            token[::-1],
            token.swapcase(),
            "A" * 54,
            "é" * 54,
            "\0" * 54,
            self._rng.choice(self._spent or [""]),
        )
        fields[:] = [pair for pair in fields if pair[0] != "_token"]
        fields.append(("_token", self._rng.choice(forged)))

    def _forge_language(self, target: Target, fields: Fields) -> None:
        del target
        fields[:] = [pair for pair in fields if pair[0] != "_lang"]
        fields.append(("_lang", self._rng.choice(("xx", "EN", "en\0", "../en", "e" * 3000, "ar"))))

    def _shuffle(self, target: Target, fields: Fields) -> None:
        del target
        self._rng.shuffle(fields)

    def _sent(self, target: Target, fields: Fields, token: str) -> Forged:
        path, body, kind = target.path, _encoded(fields), FORM_TYPE
        chance = self._rng.random()
        if chance < 0.04:
            body = self._rng.choice(RAW)
        elif chance < 0.07:
            body = self._broken(body)
        elif chance < 0.10:
            kind = self._rng.choice(TYPES)
        elif chance < 0.16:
            path, body = f"{path}/sealed", self._waiting(target, fields, token)
        elif chance < 0.18:
            path = self._rng.choice((path + "/", path[:-1], path + "x", path.upper(), "/s/\u0661"))
        method = "POST" if self._rng.random() < 0.98 else self._rng.choice(("GET", "PUT", "DELETE"))
        query = self._rng.choice((b"", b"", b"lang=ar", b"lang=%ff", b"_token=x&t1=1", b"%00"))
        return Forged(method, path, query, [(b"content-type", kind), *self._headers()], body)

    def _broken(self, body: bytes) -> bytes:
        changed = bytearray(body)
        for _ in range(self._rng.randrange(1, 20)):
            changed[self._rng.randrange(len(changed))] = self._rng.randrange(256)
        return bytes(changed)

    def _waiting(self, target: Target, fields: Fields, token: str) -> bytes:
        """A sheet as a phone keeps it without a connection: honest, broken, or rubbish."""
        key = b64decode(target.page.attributes["form"]["data-key"] or "")
        named = [pair for pair in fields if pair[0] != "_token"]
        whole = token.encode() + sealed(_encoded(named), key, token)
        return self._rng.choice((whole, self._broken(whole), whole[:60], self._rng.randbytes(3000)))

    def _headers(self) -> list[tuple[bytes, bytes]]:
        odd = (
            (b"accept-language", b"ar,\xff;q=x"),
            (b"accept", b"application/json"),
            (b"content-length", b"-1"),
            (b"origin", b"https://evil.example"),
            (b"cookie", b"a=\xff"),
            (b"x-forwarded-for", b"1.2.3.4\0"),
            (b"content-encoding", b"gzip"),
        )
        return [header for header in odd if self._rng.random() < 0.05]


def _encoded(fields: Fields) -> bytes:
    return "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in fields).encode()
