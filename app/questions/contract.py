"""What every kind of question offers. No code outside a kind's room asks which kind it has."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from analysis.codebook import DONT_KNOW, NOT_SHOWN, PREFER_NOT_TO_SAY, SKIPPED, Variable
from app.questions.conditions import Condition
from app.questions.schema import WAVE_KINDS, Code, Flag, Id, Line, Model, Text, WaveKind

Answer = int | list[int]
Form = Mapping[str, Sequence[str]]
QuestionRole = Literal["item", "background"]
WordingStatus = Literal["original", "verified", "reconstructed", "unverified"]
MissingAnswer = Literal["dont_know", "prefer_not_to_say"]
MISSING_CODES: Final[Mapping[MissingAnswer, int]] = {
    "dont_know": DONT_KNOW,
    "prefer_not_to_say": PREFER_NOT_TO_SAY,
}
MissingLabels = dict[MissingAnswer, Text]
LONGEST_CODE: Final = 4  # digits, or the sign and digit of one that is reserved


@dataclass(frozen=True, slots=True)
class AreaChoice:
    """A named place of the initiative; `code` is the stored number."""

    code: int
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """Why an answer was not taken. `key` is stable and names the message shown."""

    key: str
    details: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PageContext:
    """What a question needs to know to be shown: one language, one initiative.

    `order_seed` belongs to one form: options with a random order follow it, and it is not stored.
    """

    language: str
    missing_labels: MissingLabels = field(default_factory=dict)
    areas: tuple[AreaChoice, ...] = ()
    tokens: Mapping[str, str] = field(default_factory=dict)
    order_seed: bytes | None = None


@dataclass(frozen=True, slots=True)
class CodebookContext:
    """What a question needs to know to describe its columns."""

    languages: tuple[str, ...]
    missing_labels: MissingLabels
    default_key: Callable[[str], str]
    areas: tuple[AreaChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One radio button or checkbox, ready to print."""

    value: str
    label: str
    is_chosen: bool
    is_missing: bool = False


class StatedException(Model):
    """Advice of the lint that a question does not take, and why."""

    rule: Line
    reason: Line


class QuestionBase(Model, ABC):
    """The YAML fields that every kind has, and what every kind must be able to do."""

    template: ClassVar[str]
    names_place: ClassVar[bool] = False
    can_be_declined: ClassVar[bool] = True
    keeps_words: ClassVar[bool] = False
    links_people: ClassVar[bool] = False  # its words become a tag, and are kept nowhere
    shares_columns: ClassVar[bool] = False  # on paper, rows of one grid when their answers agree

    id: Id
    text: Text
    hint: Text | None = None
    role: QuestionRole = "item"
    waves: Annotated[tuple[WaveKind, ...], Field(min_length=1)] = WAVE_KINDS
    show_if: Condition | None = None
    sensitive: Flag = False
    covers: Line | None = None
    source_var: Line | None = None
    wording: WordingStatus | None = None
    comparability_key: Line | None = None
    favourable: tuple[Code, ...] = ()
    lint_ok: tuple[StatedException, ...] = ()

    @property
    def paper_template(self) -> str:
        """How it looks in print: typst, beside its HTML."""
        return self.template.removesuffix(".html") + ".typ"

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the form fields this question reads; none when it asks nothing."""
        return (self.id,)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that its answer fills."""
        return (self.id,)

    @property
    def is_shuffled(self) -> bool:
        """Whether each respondent sees its options in an order of their own."""
        return False

    @property
    def most_characters(self) -> int:
        """How much of a respondent's own words it takes; they are kept apart from the codes."""
        return 0

    @property
    def most_code_bytes(self) -> int:
        """The longest that its coded answer can be in JSON; several codes make a list."""
        return len(self.columns) * (LONGEST_CODE + 1) + 1

    @property
    def condition_codes(self) -> frozenset[int]:
        """The codes that a show_if of a later question may name; none when it cannot be named."""
        return frozenset()

    @property
    def codes_by_value(self) -> Mapping[str, int]:
        """What `decode` makes of one value alone, whatever the areas; the rest only it knows."""
        return {}

    @abstractmethod
    def decode(self, form: Form, areas: Sequence[AreaChoice]) -> Answer | str | AnswerProblem:
        """Read the answer from the posted form: exactly what was offered, or a problem.

        Words, perhaps none, where `keeps_words`; codes elsewhere.
        """

    @abstractmethod
    def check(self, answer: object, areas: Sequence[AreaChoice]) -> AnswerProblem | None:
        """Judge an answer that was stored as JSON."""

    @abstractmethod
    def variables(self, context: CodebookContext) -> tuple[Variable, ...]:
        """Describe the columns."""

    @abstractmethod
    def row(self, answer: Answer) -> dict[str, int]:
        """Put an answer into the columns."""

    @abstractmethod
    def choices(self, page: PageContext, form: Form) -> Iterator[Choice]:
        """List what can be chosen, with what was typed before still chosen."""

    def hint_words(self, page: PageContext) -> str | None:
        return None if self.hint is None else self.hint[page.language]

    def keyed(self, typed: str) -> list[str]:
        """What staff type from a paper sheet, as the values that the page would post."""
        return [typed]

    @staticmethod
    @abstractmethod
    def example() -> str:
        """Return a YAML snippet of one question of this kind."""


UNANSWERED: Final = frozenset({SKIPPED, NOT_SHOWN})


def posted(form: Form, name: str) -> list[str]:
    """What was typed or chosen: a field left empty is as good as one not sent."""
    return [value for value in form.get(name, ()) if value]
