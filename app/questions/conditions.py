"""When a question is shown: a small typed tree of all, any, not and `item in codes`."""

from collections.abc import Iterator
from typing import Annotated, Any, Final

from pydantic import Discriminator, Field, Tag

from app.questions.schema import Id, Model

_KEYS: Final = {"all_of": "all", "any_of": "any", "negation": "not", "leaf": "item"}
ConditionCode = Annotated[int, Field(strict=True, ge=-2, le=9999)]


class Leaf(Model):
    """True when the answer to `item` is one of the codes."""

    item: Id
    codes: Annotated[tuple[ConditionCode, ...], Field(alias="in", min_length=1)]


class AllOf(Model):
    all: Annotated[tuple["Condition", ...], Field(min_length=1)]


class AnyOf(Model):
    any: Annotated[tuple["Condition", ...], Field(min_length=1)]


class Negation(Model):
    negated: Annotated["Condition", Field(alias="not")]


def _shape(value: Any) -> str | None:
    """Which of the four shapes a piece of the tree has, as written or as read."""
    if isinstance(value, dict):
        return next((shape for shape, key in _KEYS.items() if key in value), None)
    return _SHAPES.get(type(value))


Condition = Annotated[
    Annotated[AllOf, Tag("all_of")]
    | Annotated[AnyOf, Tag("any_of")]
    | Annotated[Negation, Tag("negation")]
    | Annotated[Leaf, Tag("leaf")],
    Discriminator(_shape),
]

_SHAPES: Final[dict[type, str]] = {
    AllOf: "all_of",
    AnyOf: "any_of",
    Negation: "negation",
    Leaf: "leaf",
}

AllOf.model_rebuild()
AnyOf.model_rebuild()
Negation.model_rebuild()


def leaves(condition: Condition) -> Iterator[Leaf]:
    match condition:
        case Leaf():
            yield condition
        case Negation():
            yield from leaves(condition.negated)
        case AllOf(all=parts) | AnyOf(any=parts):
            for part in parts:
                yield from leaves(part)
