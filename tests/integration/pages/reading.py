"""Reads a page as a browser without script would: what it says, and what its form would send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlencode

SILENT: Final = {"style", "script", "title", "template"}


@dataclass
class PostedForm:
    """The fields that a press on the button sends, and those that were there to choose."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    offered: dict[str, list[str]] = field(default_factory=dict)

    def with_answers(self, answers: Mapping[str, str | list[str]]) -> bytes:
        """As if these had been chosen, instead of what was chosen before."""
        kept = [(name, value) for name, value in self.sent if name not in answers]
        chosen = [
            (name, value)
            for name, values in answers.items()
            for value in ([values] if isinstance(values, str) else values)
        ]
        return urlencode(kept + chosen).encode()

    @property
    def token(self) -> str:
        return dict(self.sent)["_token"]


class ReadPage(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.title = ""
        self.attributes: dict[str, dict[str, str | None]] = {}
        self.asked: dict[str, str | None] = {}
        self.ids: set[str] = set()
        self.links: dict[str, dict[str, str | None]] = {}
        self.forms: list[PostedForm] = []
        self.loaded: list[str] = []
        self.boxes: list[str] = []
        self._inside: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self._inside.append(tag)
        self.attributes.setdefault(tag, attributes)
        if "data-ticket" in attributes:
            self.asked = attributes
        self.ids |= {attributes["id"]} if attributes.get("id") else set()
        self.loaded += [v for k, v in attrs if k == "src" and v]
        if tag == "a":
            self.links[attributes["href"] or ""] = attributes
        elif tag == "form":
            self.forms.append(PostedForm())
        elif tag == "textarea":
            self.boxes.append(attributes["name"] or "")
        elif tag == "input" and self.forms:
            self._take_input(attributes)

    def _take_input(self, attributes: dict[str, str | None]) -> None:
        name, value = attributes["name"] or "", attributes["value"] or ""
        if attributes["type"] == "hidden" or "checked" in attributes:
            self.forms[-1].sent.append((name, value))
        if attributes["type"] != "hidden" and not name.startswith("_"):
            self.forms[-1].offered.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        tag = self._inside[-1] if self._inside else ""
        if tag == "title":
            self.title += data
        elif tag not in SILENT:
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        while self._inside and self._inside.pop() != tag:
            pass

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def form(self) -> PostedForm:
        (form,) = self.forms
        return form
