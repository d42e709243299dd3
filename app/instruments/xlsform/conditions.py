"""`show_if` as `relevant` of an XLSForm, and back, as far as it can be said in a tree.

Read back are comparisons of one question with one code, `selected()`, `not()`, `and`, `or` and
brackets; whatever else XPath can say is refused, never guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from app.questions.conditions import AllOf, AnyOf, Condition, Leaf, Negation

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<selected>selected\s*\(\s*\$\{\s*(?P<picked>[^}]+?)\s*\}\s*,\s*"
    r"(?P<quote>['\"])(?P<option>[^'\"]*)(?P=quote)\s*\))"
    r"|(?P<compared>\$\{\s*(?P<item>[^}]+?)\s*\}\s*(?P<sign>!=|=)\s*"
    r"(?:(?P<mark>['\"])(?P<code>[^'\"]*)(?P=mark)|(?P<plain>-?\d+)))"
    r"|(?P<word>and|or|not)\b|(?P<bracket>[()]))",
    re.IGNORECASE,
)
Tree = dict[str, Any]


class ConditionUnread(ValueError):
    """Says more than a tree of questions and codes can."""


def write_relevant(condition: Condition, several: Collection[str]) -> str:
    """several: the questions that take more than one answer."""
    match condition:
        case Leaf(item=item, codes=codes):
            return _either(
                f"selected(${{{item}}}, '{code}')" if item in several else f"${{{item}}} = '{code}'"
                for code in codes
            )
        case Negation(negated=inner):
            return f"not({write_relevant(inner, several)})"
        case AnyOf(any=parts):
            return _either(write_relevant(part, several) for part in parts)
        case AllOf(all=parts):
            inside = " and ".join(write_relevant(part, several) for part in parts)
            return f"({inside})" if len(parts) > 1 else inside
    raise TypeError(f"{condition!r} is no condition")


def _either(parts: Iterator[str]) -> str:
    told = list(parts)
    return f"({' or '.join(told)})" if len(told) > 1 else told[0]


def read_relevant(text: str, codes: Mapping[str, Mapping[str, int]]) -> Tree:
    """codes: of each question that can be named, the code of each of its choices by name."""
    reader = _Reader(list(_tokens(text)), codes)
    tree = reader.any_of()
    if reader.rest:
        raise ConditionUnread(text)
    return tree


def _tokens(text: str) -> Iterator[re.Match[str]]:
    place, end = 0, len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None:
            raise ConditionUnread(text[place:])
        place = found.end()
        yield found


class _Reader:
    """Reads from the loosest binding to the tightest."""

    def __init__(self, rest: list[re.Match[str]], codes: Mapping[str, Mapping[str, int]]) -> None:
        self.rest = rest
        self._codes = codes

    def any_of(self) -> Tree:
        return self._joined("or", "any", [self._all_of()])

    def _all_of(self) -> Tree:
        return self._joined("and", "all", [self._one()])

    def _joined(self, word: str, key: str, parts: list[Tree]) -> Tree:
        while self._take("word", word):
            parts.append(self._all_of() if key == "any" else self._one())
        return parts[0] if len(parts) == 1 else {key: parts}

    def _one(self) -> Tree:
        if self._take("word", "not"):
            self._need("(")
            inside = self.any_of()
            self._need(")")
            return {"not": inside}
        if self._take("bracket", "("):
            inside = self.any_of()
            self._need(")")
            return inside
        return self._leaf()

    def _leaf(self) -> Tree:
        if not self.rest:
            raise ConditionUnread("the condition ends too early")
        found = self.rest.pop(0)
        if found["selected"]:
            return self._named(found["picked"], found["option"])
        if found["compared"]:
            code = found["plain"] if found["code"] is None else found["code"]
            leaf = self._named(found["item"], code)
            return {"not": leaf} if found["sign"] == "!=" else leaf
        raise ConditionUnread(found[0])

    def _named(self, item: str, name: str) -> Tree:
        code = self._codes.get(item, {}).get(name)
        if code is None:
            raise ConditionUnread(f"{item} has no choice {name!r}")
        return {"item": item, "in": [code]}

    def _take(self, group: str, value: str) -> bool:
        if self.rest and (self.rest[0][group] or "").lower() == value:
            self.rest.pop(0)
            return True
        return False

    def _need(self, bracket: str) -> None:
        if not self._take("bracket", bracket):
            raise ConditionUnread(f"{bracket} is missing")
