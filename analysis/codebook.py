"""What each column of a wave's answers means: the hinge between `app` and `analysis`.

Standard library only: the web process imports this module, an analyst downloads its JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any, Final, Literal, get_args

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
        """Refuses (`CodebookError`) what is missing, unknown or of another kind, and says where."""
        _refuse_odd("the codebook", document, _BOOK)
        return cls(
            instrument_id=document["instrument_id"],
            version=document["version"],
            content_hash=document["content_hash"],
            title=document["title"],
            languages=tuple(document["languages"]),
            variables=tuple(_variable(*numbered) for numbered in enumerate(document["variables"])),
            scales=tuple(_scale(*numbered) for numbered in enumerate(document["scales"])),
        )


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


@dataclass(frozen=True, slots=True)
class _Kind:
    """What may stand under a key, in the words of a refusal."""

    told: str
    fits: Callable[[object], bool]


def _is_whole(value: object) -> bool:
    return type(value) is int


def _are(fits: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list | tuple) and all(map(fits, value))


def _is_word(value: object) -> bool:
    return isinstance(value, str)


def _by_language(fits: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: (
        isinstance(value, Mapping) and all(map(_is_word, value)) and all(map(fits, value.values()))
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _one_of(kind: Any) -> _Kind:
    known: tuple[str, ...] = get_args(kind)
    return _Kind(f"one of {', '.join(known)}", lambda value: value in known)


_WORD: Final = _Kind("a text", _is_word)
_WORDS: Final = _Kind("a list of texts", _are(_is_word))
_WHOLE: Final = _Kind("a whole number", _is_whole)
_CODES: Final = _Kind("a list of whole numbers", _are(_is_whole))
_NUMBER: Final = _Kind("a number", _is_number)
_YES_NO: Final = _Kind("true or false", lambda value: isinstance(value, bool))
_TEXT: Final = _Kind("words by language, such as {en: ...}", _by_language(_is_word))
_PARTS: Final = _Kind("a list", lambda value: isinstance(value, list | tuple))
_BOOK: Final = {
    "instrument_id": _WORD,
    "version": _WHOLE,
    "content_hash": _WORD,
    "title": _TEXT,
    "languages": _WORDS,
    "variables": _PARTS,
    "scales": _PARTS,
}
_CATEGORY: Final = {"code": _WHOLE, "label": _TEXT, "is_missing": _YES_NO}
_VARIABLE: Final = {
    "id": _WORD,
    "question": _WORD,
    "level": _one_of(Level),
    "role": _one_of(Role),
    "text": _TEXT,
    "categories": _PARTS,
    "favourable": _CODES,
    "comparability_key": _WORD,
}
_PAIR: Final = (str, str)
_TOP_BOX: Final = {"item": _WORD, "codes": _CODES}
_SCALE: Final = {
    "id": _WORD,
    "title": _TEXT,
    "items": _WORDS,
    "low": _NUMBER,
    "high": _NUMBER,
    "ends": _Kind(
        "two texts by language, such as {en: [low, high]}",
        _by_language(
            lambda ends: isinstance(ends, list | tuple) and tuple(map(type, ends)) == _PAIR
        ),
    ),
    "reverse": _WORDS,
    "min_answered": _WORD,
    "is_primary": _YES_NO,
    "top_box": _Kind(
        "a mapping of item and codes, or null",
        lambda value: value is None or isinstance(value, Mapping),
    ),
}
_MAY_LACK: Final = {"is_missing", "comparability_key", "min_answered", "is_primary"}


def _refuse_odd(place: str, document: object, kinds: Mapping[str, _Kind]) -> None:
    if not isinstance(document, Mapping):
        raise CodebookError(f"{place} is {document!r:.60}; it must be a mapping of keys to values")
    for key in kinds:
        if key not in document and key not in _MAY_LACK:
            raise CodebookError(f"the codebook is not complete: {place} lacks {key!r}")
    for key, value in document.items():
        if key not in kinds:
            raise CodebookError(f"{place}: unknown key {key!r:.60}; known: {', '.join(kinds)}")
        if not kinds[key].fits(value):
            raise CodebookError(f"{place}: {key} is {value!r:.60}; it must be {kinds[key].told}")


def _place(kind: str, number: int, document: Any) -> str:
    name = document.get("id") if isinstance(document, Mapping) else None
    return f"{kind} {name!r:.60}" if isinstance(name, str) else f"{kind} {number + 1}"


def _variable(number: int, document: Mapping[str, Any]) -> Variable:
    place = _place("column", number, document)
    _refuse_odd(place, document, _VARIABLE)
    for category in document["categories"]:
        _refuse_odd(f"{place}, one of its categories", category, _CATEGORY)
    return Variable(
        **{
            **document,
            "categories": tuple(Category(**c) for c in document["categories"]),
            "favourable": tuple(document["favourable"]),
        }
    )


def _scale(number: int, document: Mapping[str, Any]) -> Scale:
    place = _place("scale", number, document)
    _refuse_odd(place, document, _SCALE)
    top_box = document["top_box"]
    if top_box is not None:
        _refuse_odd(f"{place}, top_box", top_box, _TOP_BOX)
    return Scale(
        **{
            **document,
            "items": tuple(document["items"]),
            "reverse": tuple(document["reverse"]),
            "ends": {language: tuple(ends) for language, ends in document["ends"].items()},
            "top_box": TopBox(top_box["item"], tuple(top_box["codes"])) if top_box else None,
        }
    )
