"""Answer choices with stored numbers, and what the kinds that offer them have in common."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Field,
    PrivateAttr,
    SerializerFunctionWrapHandler,
    field_serializer,
    model_validator,
)

from analysis.codebook import SKIPPED, Category, Level, Variable
from app.privacy.orders import order_key
from app.questions.contract import (
    MISSING_CODES,
    UNANSWERED,
    Answer,
    AnswerProblem,
    AreaChoice,
    Choice,
    CodebookContext,
    Form,
    MissingAnswer,
    MissingLabels,
    PageContext,
    QuestionBase,
    posted,
)
from app.questions.schema import Code, Flag, Id, Model, Text, refuse

NOT_AN_OPTION = AnswerProblem("not_an_option")
MANY_ANSWERS = AnswerProblem("many_answers")


class Option(Model):
    """One answer choice. `missing` marks one such as "does not apply": it enters no mean."""

    code: Code
    label: Text
    missing: Flag = False
    exclusive: Flag = False
    stays: Flag = False

    @property
    def keeps_its_place(self) -> bool:
        """Whatever the order of the others: what is no answer like them stands where written."""
        return self.stays or self.missing or self.exclusive


class OptionSet(Model):
    """The choices of a question, written once and used under a name, or written in place."""

    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=60)]
    missing: tuple[MissingAnswer, ...] = ()
    favourable: tuple[Code, ...] = ()
    _name: str | None = PrivateAttr(default=None)

    @property
    def name(self) -> str | None:
        return self._name

    def named(self, name: str) -> "OptionSet":
        named = self.model_copy()
        named._name = name  # noqa: SLF001 - a copy of its own class, before anyone sees it
        return named

    @model_validator(mode="after")
    def _codes_stand_once(self) -> "OptionSet":
        codes = [option.code for option in self.options]
        twice = sorted({code for code in codes if codes.count(code) > 1})
        if twice:
            raise refuse("duplicate_code", answer=twice[0])
        if len(set(self.missing)) < len(self.missing):
            raise refuse("duplicate_missing")
        return self

    @cached_property
    def codes(self) -> tuple[int, ...]:
        return tuple(option.code for option in self.options)

    @cached_property
    def reserved_codes(self) -> tuple[int, ...]:
        return tuple(MISSING_CODES[name] for name in self.missing)

    @cached_property
    def valid_codes(self) -> tuple[int, ...]:
        return tuple(option.code for option in self.options if not option.missing)

    @cached_property
    def by_value(self) -> Mapping[str, int]:
        """The code behind each value that the page offers."""
        return {str(code): code for code in (*self.codes, *self.reserved_codes)}

    @cached_property
    def storable(self) -> frozenset[int]:
        return frozenset(self.by_value.values()) | UNANSWERED

    def categories(self, labels: MissingLabels) -> tuple[Category, ...]:
        return (
            *(Category(o.code, o.label, is_missing=o.missing) for o in self.options),
            *reserved_categories(self.missing, labels),
        )

    def choices(
        self, page: PageContext, chosen: Sequence[str], order: Sequence[Option] | None = None
    ) -> Iterator[Choice]:
        for option in order or self.options:
            value = str(option.code)
            yield Choice(value, option.label[page.language], value in chosen)
        for name in self.missing:
            value = str(MISSING_CODES[name])
            label = page.missing_labels[name][page.language]
            yield Choice(value, label, value in chosen, is_missing=True)


def in_order_of(options: Sequence[Option], seed: bytes, question_id: str) -> list[Option]:
    """One respondent's order: always the same for a seed, and over all seeds every one as often."""
    movable = [option for option in options if not option.keeps_its_place]
    movable.sort(key=lambda option: order_key(seed, question_id, option.code))
    drawn = iter(movable)
    return [option if option.keeps_its_place else next(drawn) for option in options]


def reserved_categories(
    missing: Sequence[MissingAnswer], labels: MissingLabels
) -> tuple[Category, ...]:
    return tuple(
        Category(MISSING_CODES[name], labels.get(name, {}), is_missing=True) for name in missing
    )


def _known_set(value: Any) -> Any:
    if isinstance(value, str):
        raise refuse("unknown_option_set", name=value)
    if isinstance(value, list):
        return {"options": value}
    return value


class OffersOptions(QuestionBase):
    """A question that is answered by choosing, wherever its options come from."""

    @property
    @abstractmethod
    def offered(self) -> OptionSet: ...

    @model_validator(mode="after")
    def _favourable_codes_are_options(self) -> "OffersOptions":
        stray = set(self.favourable_codes) - set(self.offered.valid_codes)
        if stray:
            raise refuse("favourable_not_an_option", answer=min(stray))
        return self

    @property
    def favourable_codes(self) -> tuple[int, ...]:
        return self.favourable or self.offered.favourable

    @property
    def condition_codes(self) -> frozenset[int]:
        return frozenset(self.offered.by_value.values())


class OptionsQuestion(OffersOptions):
    """A question whose options stand in the instrument."""

    options: Annotated[
        OptionSet,
        BeforeValidator(_known_set, json_schema_input_type=OptionSet | list[Option] | Id),
    ]
    order: Literal["fixed", "randomised"] = "fixed"

    @property
    def offered(self) -> OptionSet:
        return self.options

    @property
    def is_shuffled(self) -> bool:
        return self.order == "randomised"

    @field_serializer("options", mode="wrap")
    def _by_name(self, options: OptionSet, handler: SerializerFunctionWrapHandler) -> Any:
        return options.name or handler(options)

    def choices(self, page: PageContext, form: Form) -> Iterator[Choice]:
        options = self.options
        order = None
        if self.is_shuffled and page.order_seed is not None:
            order = in_order_of(options.options, page.order_seed, self.id)
        return options.choices(page, posted(form, self.id), order)


class OneAnswer(OffersOptions):
    """A question that takes one of the options that it offers: a set of radio buttons."""

    @property
    def codes_by_value(self) -> Mapping[str, int]:
        return self.offered.by_value

    def decode(self, form: Form, areas: Sequence[AreaChoice]) -> Answer | AnswerProblem:
        del areas
        values = posted(form, self.id)
        if not values:
            return SKIPPED
        if len(values) > 1:
            return MANY_ANSWERS
        return self.offered.by_value.get(values[0], NOT_AN_OPTION)

    def check(self, answer: object, areas: Sequence[AreaChoice]) -> AnswerProblem | None:
        del areas
        is_known = type(answer) is int and answer in self.offered.storable
        return None if is_known else NOT_AN_OPTION

    def row(self, answer: Answer) -> dict[str, int]:
        if isinstance(answer, list):
            raise TypeError(f"question {self.id} takes one answer, not a list")
        return {self.id: answer}

    def column(self, context: CodebookContext, level: Level) -> Variable:
        return Variable(
            id=self.id,
            question=self.id,
            level=level,
            role=self.role,
            text=self.text,
            categories=self.offered.categories(context.missing_labels),
            favourable=self.favourable_codes,
            comparability_key=self.comparability_key or context.default_key(self.id),
        )


class OneOption(OneAnswer, OptionsQuestion):
    """A question that takes one of the options that stand in the instrument."""

    @model_validator(mode="after")
    def _exclusive_means_nothing_here(self) -> "OneOption":
        if any(option.exclusive for option in self.options.options):
            raise refuse("exclusive_without_multiple")
        return self


def refuse_shuffled_points(question: OptionsQuestion) -> None:
    """Points of a line out of order would mislead whoever reads them."""
    if question.is_shuffled:
        raise refuse("order_of_points")
