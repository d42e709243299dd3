"""A YAML reader for files from strangers: bounded, without aliases, YAML 1.2 core scalars only.

PyYAML's own loader reads `no` as false and `012` as ten, lets duplicate keys pass, and expands
aliases without bound; so only its parser is used here, event by event.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import yaml

from app.errors import Phrase
from app.instruments.load.problems import InstrumentProblem, InstrumentProblems, problem
from app.instruments.texts import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_BYTES: Final = 256 * 1024
MOST_LEVELS: Final = 24
MOST_NODES: Final = 20_000
MOST_DIGITS: Final = 15

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Words of libyaml and of PyYAML, which say the same of a fault.
_SYNTAX: Final = {
    "mapping values are not allowed": "stray_colon",
    "find expected ':'": "colon_lacking",
    "',' or ']'": "bracket_lacking",
    "',' or '}'": "bracket_lacking",
    "expected key": "misfit",
    "'-' indicator": "misfit",
    "<block end>": "misfit",
    "end of stream": "quote_open",
    "cannot start any token": "odd_sign",
    "escape": "escape",
}
_FORBIDDEN = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_NULL = re.compile(r"~|null|Null|NULL|")
_TRUE = re.compile(r"true|True|TRUE")
_FALSE = re.compile(r"false|False|FALSE")
_WHOLE = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


@dataclass(slots=True)
class YamlDocument:
    """The values of a file, and the line on which each of them starts."""

    value: dict[str, object]
    lines: dict[Place, int]

    def path_of(self, steps: Iterable[str | int]) -> Place:
        """The nearest place in the file: steps that are not written there are left out."""
        path: Place = ()
        for step in steps:
            if (*path, step) in self.lines:
                path = (*path, step)
        return path

    def line_of(self, steps: Iterable[str | int]) -> int:
        return self.lines[self.path_of(steps)]


@dataclass(slots=True)
class _Level:
    """A list or mapping that is still being read."""

    path: Place
    container: dict[str, object] | list[object]
    key: str | None = None
    key_line: int = 0


@dataclass(slots=True)
class _Reader:
    file: str
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[InstrumentProblem] = field(default_factory=list)
    levels: list[_Level] = field(default_factory=list)
    root: object = None
    nodes: int = 0

    def note(self, line: int, code: str, **details: object) -> None:
        self.problems.append(problem(self.file, line, code, **details))

    def stop(self, line: int, code: str, **details: object) -> InstrumentProblems:
        return InstrumentProblems([problem(self.file, line, code, **details)])

    def read(self, events: Iterator[yaml.Event]) -> None:
        documents = 0
        for event in events:
            line = event.start_mark.line + 1 if event.start_mark else 1
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self.stop(line, "several_documents")
            elif isinstance(event, yaml.NodeEvent):
                self._node(event, line)
            elif isinstance(event, yaml.CollectionEndEvent):
                self.levels.pop()

    def _node(self, event: yaml.NodeEvent, line: int) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise self.stop(line, "too_many_nodes", limit=MOST_NODES)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise self.stop(line, "alias")
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise self.stop(line, "tag", tag=tag)
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
        else:
            self._collection(event, line)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        is_plain = not event.style
        value = self._plain(event.value, line) if is_plain else event.value
        level = self.levels[-1] if self.levels else None
        if level is None or isinstance(level.container, list) or level.key is not None:
            self._place(value, line)
        else:
            self._key(level, value, event.value, line)

    def _key(self, level: _Level, value: object, written: str, line: int) -> None:
        if not isinstance(value, str):
            self.note(line, "key_not_text", key=written or "(empty)")
        if written in level.container:
            first = self.lines[(*level.path, written)]
            self.note(line, "duplicate_key", key=written, first=first)
        level.key, level.key_line = written, line

    def _collection(self, event: yaml.NodeEvent, line: int) -> None:
        if len(self.levels) >= MOST_LEVELS:
            raise self.stop(line, "too_deep", limit=MOST_LEVELS)
        level = self.levels[-1] if self.levels else None
        if level is not None and isinstance(level.container, dict) and level.key is None:
            raise self.stop(line, "key_not_text", key="(a list or mapping)")
        container: dict[str, object] | list[object]
        container = {} if isinstance(event, yaml.MappingStartEvent) else []
        path = self._place(container, line)
        self.levels.append(_Level(path, container))

    def _place(self, value: object, line: int) -> Place:
        """Put a value where it belongs, and remember the line of its key or its own."""
        if not self.levels:
            self.root = value
            self.lines[()] = line
            return ()
        level = self.levels[-1]
        if isinstance(level.container, list):
            path: Place = (*level.path, len(level.container))
            level.container.append(value)
        else:
            key = level.key or ""
            path = (*level.path, key)
            level.container[key] = value
            line = level.key_line
            level.key = None
        self.lines[path] = line
        return path

    def _plain(self, written: str, line: int) -> object:
        """The YAML 1.2 core schema, without octal, hexadecimal, infinity and not-a-number."""
        if _NULL.fullmatch(written):
            return None
        if _TRUE.fullmatch(written):
            return True
        if _FALSE.fullmatch(written):
            return False
        if _DECIMAL.fullmatch(written):
            return self._number(written, line)
        return written

    def _number(self, written: str, line: int) -> object:
        shown = written if len(written) <= MOST_DIGITS else written[:MOST_DIGITS] + "..."
        digits = written.lstrip("+-")
        if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
            self.note(line, "leading_zero", value=shown)
            return written
        if len(digits) > MOST_DIGITS or abs(float(written)) >= 10**MOST_DIGITS:
            self.note(line, "number_too_large", value=shown)
            return written
        return int(written) if _WHOLE.fullmatch(written) else float(written)


def read_yaml(text: str, *, file: str) -> YamlDocument:
    """Read one mapping, or raise all that stands against it."""
    reader = _Reader(file)
    _refuse_unreadable(reader, text)
    try:
        reader.read(yaml.parse(text, Loader=_Loader))
    except yaml.MarkedYAMLError as exc:
        raise _syntax_problem(reader, text, exc) from exc
    except yaml.YAMLError as exc:
        raise reader.stop(1, "syntax", what=_told_syntax(str(exc))) from exc
    if reader.problems:
        raise InstrumentProblems(reader.problems)
    if reader.root is None:
        raise reader.stop(1, "empty")
    if not isinstance(reader.root, dict):
        raise reader.stop(reader.lines[()], "not_a_mapping")
    return YamlDocument(reader.root, reader.lines)


def _refuse_unreadable(reader: _Reader, text: str) -> None:
    size = len(text.encode("utf-8", errors="surrogatepass"))
    if size > MOST_BYTES:
        raise reader.stop(1, "too_large", size=size, limit=MOST_BYTES)
    found = _FORBIDDEN.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise reader.stop(line, "control_character", character=f"U+{ord(found[0]):04X}")


def _syntax_problem(reader: _Reader, text: str, exc: yaml.MarkedYAMLError) -> InstrumentProblems:
    mark = exc.problem_mark or exc.context_mark
    line = mark.line + 1 if mark else 1
    lines = text.split("\n")
    written = lines[line - 1] if line <= len(lines) else ""
    if "\t" in written[: len(written) - len(written.lstrip())]:
        return reader.stop(line, "tab")
    return reader.stop(line, "syntax", what=_told_syntax(exc.problem or ""))


def _told_syntax(problem: str) -> Phrase:
    found = next((name for words, name in _SYNTAX.items() if words in problem), "unreadable")
    return Phrase(f"survey_files.syntax_{found}")
