"""Each text of a survey file under a name that can be said, and where the file holds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yaml

from app.instruments.load.grids import GRID
from app.instruments.texts import texts_of

if TYPE_CHECKING:
    from app.instruments.model import Instrument
    from app.instruments.texts import Place

NAMED_BY: Final = ("id", "code")


@dataclass(frozen=True, slots=True)
class FileText:
    """One text of the file. Its name stays the same when questions move."""

    name: str
    node: yaml.MappingNode
    phrases: Mapping[str, tuple[str, ...]]

    @property
    def is_list(self) -> bool:
        """The two ends of a scale stand in one list."""
        return any(len(phrases) > 1 for phrases in self.phrases.values())


class _Written(dict[str, Any]):
    """A mapping of the file with the node that says where it stands."""

    def __init__(self, node: yaml.MappingNode) -> None:
        super().__init__({key.value: _written(value) for key, value in node.value})
        self.node = node


def file_texts(instrument: Instrument, content: str) -> Iterator[FileText]:
    """In the order of the questionnaire. What the program fills in by itself is not in the file."""
    root = _read(content)
    seen: set[int] = set()
    for place, phrases in texts_of(instrument):
        found = _at(root, place)
        if isinstance(found, _Written) and id(found.node) not in seen:
            seen.add(id(found.node))  # rows of a grid share what stands beside them
            yield FileText(_name(instrument, place), found.node, phrases)


def languages_in(content: str) -> yaml.MappingNode:
    node: yaml.MappingNode = _read(content)["languages"].node
    return node


def _read(content: str) -> _Written:
    """PyYAML's own composer counts characters; the fast one counts bytes."""
    node = yaml.compose(content, Loader=yaml.SafeLoader)
    if not isinstance(node, yaml.MappingNode):
        raise TypeError("a file that was loaded is a mapping")
    root = _Written(node)
    for page in root["pages"]:
        page["questions"] = [one for question in page["questions"] for one in _rows(question)]
    return root


def _written(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _Written(node)
    if isinstance(node, yaml.SequenceNode):
        return [_written(item) for item in node.value]
    return node


def _rows(question: _Written) -> Iterator[Mapping[str, Any]]:
    if GRID not in question:
        yield question
        return
    shared = {key: value for key, value in question.items() if key != GRID}
    for row in question[GRID]:
        yield {**shared, **row}


def _at(root: object, place: Place) -> object:
    found = root
    for step in place:
        if isinstance(found, Mapping):
            found = found.get(str(step))
        elif isinstance(found, list) and isinstance(step, int):
            found = found[step]
        elif not (isinstance(found, list) and step == "options"):
            return None  # and a bare list of options is what stands under options
    return found


def _name(instrument: Instrument, place: Place) -> str:
    """pages.trust.questions.t1.text: ids and codes instead of places in a list."""
    names: list[str] = []
    part: Any = instrument
    for step in place:
        if isinstance(part, tuple) and isinstance(step, int):
            part = part[step]
        else:
            part = part[step] if isinstance(part, dict) else getattr(part, str(step))
        names.append(_named(part) if isinstance(step, int) else str(step))
    return ".".join(names)


def _named(part: object) -> str:
    return next(str(getattr(part, key)) for key in NAMED_BY if hasattr(part, key))
