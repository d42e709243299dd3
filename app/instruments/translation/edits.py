"""Writes words into the text of a survey file and touches nothing else: comments and order stay."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

import yaml


@dataclass(frozen=True, slots=True)
class Edit:
    """What stands between two places of a file gives way to other text."""

    start: int
    end: int
    text: str


def quoted(phrases: tuple[str, ...], *, is_list: bool) -> str:
    """JSON strings are YAML strings, whatever stands in them."""
    written = [json.dumps(phrase, ensure_ascii=False) for phrase in phrases]
    return f"[{', '.join(written)}]" if is_list else written[0]


def entry(content: str, mapping: yaml.MappingNode, key: str, value: str) -> Edit:
    """Give a mapping this value under this key, in the style in which it is written."""
    for name, node in mapping.value:
        if name.value == key:
            return _instead(content, node, value)
    first, (_, last) = mapping.value[0][0], mapping.value[-1]
    if mapping.flow_style:
        end = last.end_mark.index
        return Edit(end, end, f", {key}: {value}")
    end = _end_of_line(content, last)
    return Edit(end, end, f"\n{' ' * first.start_mark.column}{key}: {value}")


def edited(content: str, edits: Iterable[Edit]) -> str:
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        content = content[: edit.start] + edit.text + content[edit.end :]
    return content


def _instead(content: str, node: yaml.Node, value: str) -> Edit:
    start, end = node.start_mark.index, node.end_mark.index
    while end > start and content[end - 1] in " \n":
        end -= 1  # a text over several lines ends where the next thing begins
    return Edit(start, end, value)


def _end_of_line(content: str, node: yaml.Node) -> int:
    """Behind a comment that stands beside the value."""
    end = _instead(content, node, "").end
    line = content.find("\n", end)
    return len(content) if line < 0 else line
