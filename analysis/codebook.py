"""What each column of a wave's answers means: the hinge between `app` and `analysis`.

Standard library only: the web process imports this module, an analyst downloads its JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any, Final, Literal

DONT_KNOW: Final = -1
PREFER_NOT_TO_SAY: Final = -2
SKIPPED: Final = -3
NOT_SHOWN: Final = -4
RESERVED_CODES: Final[Mapping[int, str]] = {
    DONT_KNOW: "dont_know",
    PREFER_NOT_TO_SAY: "prefer_not_to_say",
    SKIPPED: "skipped",
    NOT_SHOWN: "not_shown",
}
MORE_THAN_HALF: Final = "more_than_half"

Level = Literal["ordinal", "nominal", "binary", "numeric"]
Role = Literal["item", "background", "paradata"]
Text = Mapping[str, str]

# The living languages of the scripts that Unicode writes from right to left, by ISO 639.
_RIGHT_TO_LEFT: Final = frozenset(
    {"ar", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"}
)


def runs_right_to_left(language: str) -> bool:
    """Of a language tag such as ar or ar-EG."""
    return language.partition("-")[0] in _RIGHT_TO_LEFT


class CodebookError(ValueError):
    """A codebook, or a pair of codebooks, that cannot be used; the message names the column."""


@dataclass(frozen=True, slots=True)
class Category:
    """One stored number of a variable and what it stands for."""

    code: int
    label: Text
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """One column. `question` groups the columns that one pick-all question makes."""

    id: str
    question: str
    level: Level
    role: Role
    text: Text
    categories: tuple[Category, ...] = ()
    favourable: tuple[int, ...] = ()
    comparability_key: str = ""

    @property
    def valid_codes(self) -> tuple[int, ...]:
        return tuple(c.code for c in self.categories if not c.is_missing)

    @property
    def higher_is_favourable(self) -> bool | None:
        """None where no code is declared favourable: then neither direction is good news."""
        if not self.favourable:
            return None
        return max(self.favourable) == max(self.valid_codes)

    def fingerprint(self) -> str:
        """Hash of everything a respondent could read or a score depends on."""
        content = {
            "level": self.level,
            "text": dict(self.text),
            "categories": [asdict(c) for c in self.categories],
        }
        return content_hash(content)


@dataclass(frozen=True, slots=True)
class TopBox:
    """The share shown beside a scale score: the answers of one item that count as favourable."""

    item: str
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Scale:
    """Items scored together: the mean of the valid answers when enough are answered."""

    id: str
    title: Text
    items: tuple[str, ...]
    low: float
    high: float
    ends: Mapping[str, tuple[str, str]]
    reverse: tuple[str, ...] = ()
    min_answered: str = MORE_THAN_HALF
    is_primary: bool = False
    top_box: TopBox | None = None

    def scoring(self) -> tuple[object, ...]:
        """All that a score depends on; two scales with one scoring may differ in their words."""
        return self.id, frozenset(self.items), frozenset(self.reverse), self.answers_needed()

    def answers_needed(self) -> int:
        """How many of the items must be answered for a score: exact, never a rounded float."""
        return answers_needed(len(self.items), self.min_answered)


@dataclass(frozen=True, slots=True)
class Codebook:
    instrument_id: str
    version: int
    content_hash: str
    title: Text
    languages: tuple[str, ...]
    variables: tuple[Variable, ...]
    scales: tuple[Scale, ...] = ()

    def variable(self, variable_id: str) -> Variable:
        for variable in self.variables:
            if variable.id == variable_id:
                return variable
        known = ", ".join(v.id for v in self.variables)
        raise CodebookError(f"no column {variable_id!r} in the codebook; it has: {known}")

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Codebook:
        try:
            return cls(
                instrument_id=document["instrument_id"],
                version=document["version"],
                content_hash=document["content_hash"],
                title=document["title"],
                languages=tuple(document["languages"]),
                variables=tuple(_variable(v) for v in document["variables"]),
                scales=tuple(_scale(s) for s in document["scales"]),
            )
        except (KeyError, TypeError) as exc:
            raise CodebookError(f"the codebook is not complete: {exc!r}") from exc


def answers_needed(n_items: int, min_answered: str) -> int:
    """Smallest number of answered items that gives a score.

    `more_than_half` of 4 is 3 and of 13 is 7; a fraction such as `2/3` asks for the ceiling of the
    exact product (0.667 x 3 as a float would ask for 3).
    """
    if min_answered == MORE_THAN_HALF:
        return n_items // 2 + 1
    try:
        share = Fraction(min_answered)
    except (ValueError, ZeroDivisionError) as exc:
        raise CodebookError(
            f"min_answered is {min_answered!r}; write more_than_half or a fraction such as 2/3"
        ) from exc
    if not 0 < share <= 1:
        raise CodebookError(f"min_answered is {min_answered!r}; it must lie above 0 and up to 1")
    needed = share * n_items
    return -(-needed.numerator // needed.denominator)


def match_codebooks(before: Codebook, after: Codebook) -> Codebook:
    """The columns that mean the same thing in both waves, under the after wave's words.

    Refuses when a comparability key stands over two different contents in the first language that
    both speak, or when no item is shared.
    """
    original = _original_language(before, after)
    earlier = {v.id: v for v in before.variables}
    shared: list[Variable] = []
    for variable in after.variables:
        twin = earlier.get(variable.id)
        if twin is None or twin.comparability_key != variable.comparability_key:
            continue
        _refuse_changed_content(twin, variable, original)
        shared.append(variable)
    if not any(v.role == "item" for v in shared):
        raise CodebookError(
            f"the instruments do not match: {before.instrument_id} version {before.version} and "
            f"{after.instrument_id} version {after.version} share no item with the same "
            "comparability key; compare waves of one instrument, or of its short form"
        )
    ids = {v.id for v in shared}
    scored_before = [s.scoring() for s in before.scales]
    scales = tuple(
        _with_shared_top_box(scale, ids)
        for scale in after.scales
        if scale.scoring() in scored_before and ids.issuperset(scale.items)
    )
    return Codebook(
        instrument_id=after.instrument_id,
        version=after.version,
        content_hash=after.content_hash,
        title=after.title,
        languages=after.languages,
        variables=tuple(shared),
        scales=scales,
    )


def _original_language(before: Codebook, after: Codebook) -> str:
    """The first language of the after wave that the before wave had too."""
    return next((lang for lang in after.languages if lang in before.languages), "")


def _with_shared_top_box(scale: Scale, shared: Collection[str]) -> Scale:
    has_item = scale.top_box is None or scale.top_box.item in shared
    return scale if has_item else replace(scale, top_box=None)


def canonical_json(document: object) -> str:
    """One spelling for one content, so that equal documents have equal hashes."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def content_hash(document: object) -> str:
    """One name for one content."""
    return hashlib.sha256(canonical_json(document).encode()).hexdigest()


def words_differ(before: Variable, after: Variable, language: str) -> bool:
    """Whether respondents read something else in a language; not where one wave lacks it."""
    texts = [(before.text, after.text)]
    labels = {category.code: category.label for category in after.categories}
    texts += [(c.label, labels[c.code]) for c in before.categories if c.code in labels]
    pairs = [(old.get(language), new.get(language)) for old, new in texts]
    return any(old != new for old, new in pairs if old is not None and new is not None)


def options_of(variable: Variable) -> tuple[tuple[int, bool], ...]:
    return tuple((c.code, c.is_missing) for c in variable.categories)


def _refuse_changed_content(before: Variable, after: Variable, original: str) -> None:
    """original: the language that the others are translated from; a translation may be mended."""
    same = (
        before.level == after.level
        and options_of(before) == options_of(after)
        and not words_differ(before, after, original)
    )
    if not same:
        raise CodebookError(
            f"column {after.id!r}: wording or options differ between the waves under one "
            f"comparability key {after.comparability_key!r}; give the changed question a new key"
        )


def _variable(document: Mapping[str, Any]) -> Variable:
    return Variable(
        **{
            **document,
            "categories": tuple(Category(**c) for c in document["categories"]),
            "favourable": tuple(document["favourable"]),
        }
    )


def _scale(document: Mapping[str, Any]) -> Scale:
    top_box = document["top_box"]
    return Scale(
        **{
            **document,
            "items": tuple(document["items"]),
            "reverse": tuple(document["reverse"]),
            "ends": {lang: _pair(ends) for lang, ends in document["ends"].items()},
            "top_box": TopBox(top_box["item"], tuple(top_box["codes"])) if top_box else None,
        }
    )


def _pair(ends: Iterable[str]) -> tuple[str, str]:
    low, high = ends
    return low, high
