"""From an XLSForm to the YAML of an instrument, as far as it fits; the rest is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from analysis.codebook import DONT_KNOW, PREFER_NOT_TO_SAY, RESERVED_CODES
from app.errors import BadInput
from app.instruments.xlsform.conditions import ConditionUnread, read_relevant
from app.instruments.xlsform.losses import Loss
from app.instruments.xlsform.sheets import Row, Sheets, read_sheets, texts
from app.questions.xlsform_kinds import KIND_OF_TYPE

LARGEST_NUMBER: Final = 999
LONGEST_NAME: Final = 40
_BEGIN: Final = ("begin_group", "begin group", "begin_repeat", "begin repeat")
_END: Final = ("end_group", "end group", "end_repeat", "end repeat")
_SILENT: Final = ("start", "end", "today", "deviceid", "audit", "username", "phonenumber")
_DECLINED: Final = (DONT_KNOW, PREFER_NOT_TO_SAY)
_FEWEST: Final = 2
_UNSTATED: Final = "not stated"
Document = dict[str, Any]


def read_xlsform(path: Path) -> tuple[str, list[Loss]]:
    """The YAML, which `rapport check-instrument` judges next, and what was lost on the way.

    Required questions can be skipped: nothing is mandatory here. What records the phone, the time
    or the person is left out for good.
    """
    reading = _Reading(read_sheets(path))
    document = reading.document(path)
    if not any(page["questions"] for page in document["pages"]):
        raise BadInput(f"{path}: The sheet survey holds no question of a type that Rapport has.")
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100)
    return text, reading.losses


class _Reading:
    def __init__(self, sheets: Sheets) -> None:
        self.losses: list[Loss] = []
        self._sheets = sheets
        self._default = sheets.default_language
        self._lists: dict[str, list[Row]] = {}
        for row in sheets.choices:
            self._lists.setdefault(row.get("list_name", row.get("list name", "")), []).append(row)
        self._declined: dict[str, dict[str, str]] = {}
        self._names: dict[str, str] = {}
        self._codes: dict[str, dict[str, int]] = {}
        self._languages: dict[str, None] = {self._default: None}

    def document(self, path: Path) -> Document:
        pages = [page for page in self._pages() if page["questions"]]
        settings = self._sheets.settings
        title = settings.get("form_title") or path.stem
        return {
            "id": _plain(settings.get("form_id") or path.stem),
            "version": 1,
            "title": dict.fromkeys(self._languages, title),
            "status": "unverified",
            "licence": {"text": _UNSTATED, "commercial_ok": False},
            "source": {"citation": f"XLSForm {title}"},
            "population": _UNSTATED,
            "minutes": 5,
            "languages": {
                language: {"status": "original" if language == self._default else "draft"}
                for language in self._languages
            },
            **({"missing_labels": self._declined} if self._declined else {}),
            "pages": pages,
        }

    def _pages(self) -> Iterator[Document]:
        """A page for each group; what stands outside of one goes to a page of its own."""
        page = self._page("first", {})
        depth = 0
        for row in self._sheets.asked:
            kind = row.get("type", "").lower()
            if kind in _BEGIN:
                depth += 1
                self._note_group(row, kind, depth)
                if depth == 1:
                    yield page
                    page = self._page(row.get("name", ""), self._texts(row, "label"))
            elif kind in _END:
                depth -= 1
                if depth == 0:
                    yield page
                    page = self._page(f"after_{page['id']}", {})
            elif question := self._question(row):
                page["questions"].append(question)
        yield page

    def _page(self, name: str, title: Mapping[str, str]) -> Document:
        document: Document = {"id": self._name(name or "page", "page_")}
        if title:
            document["title"] = dict(title)
        return document | {"questions": []}

    def _note_group(self, row: Row, kind: str, depth: int) -> None:
        name = row.get("name", kind)
        if "repeat" in kind:
            self._lose(name, "repeats are asked once")
        if depth > 1:
            self._lose(name, "groups within groups become one page")
        if row.get("relevant"):
            self._lose(name, f"a condition on a whole page is not kept: {row['relevant']}")

    def _question(self, row: Row) -> Document | None:
        kind, _, listed = row.get("type", "").strip().partition(" ")
        name = row.get("name", "")
        if kind.lower() not in KIND_OF_TYPE:
            if kind.lower() in _SILENT:
                self._lose(name or kind, f"{kind} would tell of the person or the phone: left out")
            elif kind:
                self._lose(name or kind, f"there is no question of the type {kind}: left out")
            return None
        text = self._texts(row, "label")
        if not text:
            self._lose(name, "has no label: left out")
            return None
        if kind.lower().startswith("select") and self._choices_to_take(listed) < _FEWEST:
            self._lose(name, "has fewer than two choices: left out")
            return None
        own = self._name(name)
        question: Document = {"id": own, "kind": KIND_OF_TYPE[kind.lower()], "text": text}
        if hint := self._texts(row, "hint"):
            question["hint"] = hint
        question |= self._answers(row, kind.lower(), listed, own)
        return question | self._condition(row, own)

    def _choices_to_take(self, listed: str) -> int:
        """Without the ways to decline, which are no options."""
        declined = {str(code) for code in _DECLINED}
        rows = self._lists.get(_list_name(listed), [])
        return sum(row.get("name") not in declined for row in rows)

    def _answers(self, row: Row, kind: str, listed: str, own: str) -> Document:
        self._note_what_is_dropped(row, own)
        if kind.startswith("select"):
            return {"options": self._options(_list_name(listed), own)}
        if kind in {"integer", "range"}:
            self._lose(own, f"a number from 0 to {LARGEST_NUMBER}; set minimum and maximum")
            return {"maximum": LARGEST_NUMBER}
        return {}

    def _options(self, listed: str, own: str) -> Document:
        rows = self._lists.get(listed, [])
        names = [row.get("name", row.get("value", "")) for row in rows]
        codes = self._codes_of(names, own)
        self._codes[own] = dict(zip(names, codes, strict=True))
        offered = [
            {"code": code, "label": self._texts(row, "label") or {self._default: name}}
            for row, name, code in zip(rows, names, codes, strict=True)
            if code not in _DECLINED
        ]
        for row, code in zip(rows, codes, strict=True):
            if code in _DECLINED:
                self._declined.setdefault(RESERVED_CODES[code], self._texts(row, "label"))
        missing = [RESERVED_CODES[code] for code in _DECLINED if code in codes]
        return {"missing": missing, "options": offered} if missing else {"options": offered}

    def _codes_of(self, names: Sequence[str], own: str) -> list[int]:
        """The names themselves where they are whole numbers, else 1, 2, 3 ..."""
        if all(re.fullmatch(r"\d{1,4}|-[12]", name) for name in names):
            return [int(name) for name in names]
        self._lose(own, f"choices are numbered in their order: {', '.join(names)}")
        return list(range(1, len(names) + 1))

    def _condition(self, row: Row, own: str) -> Document:
        relevant = row.get("relevant", "")
        if not relevant:
            return {}
        known = {shown: self._codes.get(name, {}) for shown, name in self._names.items()}
        try:
            tree = read_relevant(relevant, known)
        except ConditionUnread:
            self._lose(own, f"is shown to everyone; this condition was not understood: {relevant}")
            return {}
        return {"show_if": _renamed(tree, self._names)}

    def _note_what_is_dropped(self, row: Row, own: str) -> None:
        if row.get("required", "").lower() in {"yes", "true", "true()", "1"}:
            self._lose(own, "is no longer required: every question can be skipped")
        for column in ("constraint", "calculation", "choice_filter", "default", "parameters"):
            if row.get(column):
                self._lose(own, f"{column} is not kept: {row[column]}")

    def _texts(self, row: Row, column: str) -> dict[str, str]:
        found = texts(row, column, self._default)
        self._languages |= dict.fromkeys(found)
        return found

    def _name(self, name: str, prefix: str = "") -> str:
        """An id as YAML has it, which no other question or page of the form got."""
        plain = _plain(name.removeprefix(prefix) if prefix else name)
        own, number = plain, 1
        taken = {found for shown, found in self._names.items() if shown.startswith(prefix or "")}
        while own in taken or own in self._codes:
            number += 1
            own = f"{plain[: LONGEST_NAME - 4]}_{number}"
        self._names[f"{prefix}{name}"] = own
        if own != name and not prefix:
            self._lose(name, f"is called {own} here")
        return own

    def _lose(self, place: str, what: str) -> None:
        self.losses.append(Loss(place, what))


def _list_name(listed: str) -> str:
    """Without what may stand after it, such as `or_other`."""
    return listed.strip().split(" ", maxsplit=1)[0]


def _renamed(tree: Any, names: Mapping[str, str]) -> Any:
    if isinstance(tree, list):
        return [_renamed(part, names) for part in tree]
    if isinstance(tree, dict):
        return {
            key: names[value] if key == "item" else _renamed(value, names)
            for key, value in tree.items()
        }
    return tree


def _plain(name: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
    if not plain or not plain[0].isalpha():
        plain = f"q_{plain}".rstrip("_")
    return plain[:LONGEST_NAME]
