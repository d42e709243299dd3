"""What can be wrong with an instrument, each with its remedy, in words for its author."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from app.errors import BadInput

MOST_SHOWN: Final = 40
LONGEST_MESSAGE: Final = 300


@dataclass(frozen=True, slots=True)
class InstrumentProblem:
    """One thing to mend: where it stands, what is wrong, and what to do about it."""

    file: str
    line: int
    code: str
    message: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}. {self.remedy[0].upper()}{self.remedy[1:]}"


class InstrumentProblems(BadInput):
    """An instrument that cannot be used, with all that was found wrong with it."""

    code = "instrument_problems"

    def __init__(self, problems: Iterable[InstrumentProblem]) -> None:
        self.problems = sorted(set(problems), key=lambda problem: (problem.line, problem.message))
        lines = [str(problem) for problem in self.problems[:MOST_SHOWN]]
        if len(self.problems) > MOST_SHOWN:
            rest = len(self.problems) - MOST_SHOWN
            lines.append(f"... and at least {rest} more. Mend these first")
        super().__init__("\n".join(lines))


CATALOGUE: Final[Mapping[str, tuple[str, str]]] = {
    "too_large": (
        "the file has {size} bytes; at most {limit} are read",
        "shorten the texts or split the instrument",
    ),
    "too_deep": (
        "the lists and mappings are nested more than {limit} deep",
        "remove the extra levels; no part of an instrument needs that many",
    ),
    "too_many_nodes": (
        "the file holds more than {limit} values",
        "split the instrument; none needs that many",
    ),
    "empty": ("the file holds nothing", "write an instrument, starting with its id"),
    "several_documents": (
        "a second document starts here",
        "keep one instrument a file and delete the line ---",
    ),
    "not_a_mapping": (
        "the file is not a mapping of keys to values",
        "start with lines such as `id: my_survey`",
    ),
    "alias": (
        "an anchor or alias (& or *) stands here",
        "write the text out; use option_sets for options that repeat",
    ),
    "tag": ("the tag {tag} stands here", "delete it; plain YAML is enough"),
    "duplicate_key": (
        "the key {key!r} stands twice, first on line {first}",
        "delete one of the two",
    ),
    "key_not_text": ("the key {key} is not text", 'put it in quotes, as in "{key}"'),
    "leading_zero": (
        "the number {value} starts with a zero",
        'write it without the zero, or in quotes as "{value}" if it is text',
    ),
    "number_too_large": (
        "the number {value} is too large or too long",
        "write a number of at most 15 digits",
    ),
    "control_character": (
        "the file holds the character {character}, which YAML does not allow",
        "delete it, and save the file as UTF-8",
    ),
    "tab": ("a tab stands where only spaces may", "indent with spaces"),
    "syntax": (
        "this is not YAML: {what}",
        "look for a missing quote, bracket or colon, or for an uneven indent, here or just above",
    ),
    "not_a_grid": (
        "a grid without rows stands here",
        "write one row a question, as in `grid: [{{id: w1, text: {{en: ...}}}}]`",
    ),
    "grid_too_large": (
        "the grid makes more than {limit} values when each row is written out",
        "name an option set instead of writing options in place, or split the grid",
    ),
    "missing_key": ("{where} lacks the key {key!r}", "add it"),
    "unknown_key": ("{where} has the unknown key {key!r}", "{advice}"),
    "unknown_kind": ("{where}: there is no kind {kind!r}", "use one of {known}"),
    "not_a_condition": (
        "{where}: this is not a condition",
        "write {{item: k1, in: [1]}}, or all, any or not over such conditions",
    ),
    "wrong_value": ("{where} is {value}, which does not fit: {what}", "correct it"),
    "duplicate_id": (
        "{what} {id!r} stands twice",
        "give each one its own id",
    ),
    "duplicate_column": (
        "question {id!r} makes the column {column!r}, which another question makes too",
        "rename one of the two questions",
    ),
    "duplicate_comparability_key": (
        "the comparability key {key!r} stands for two questions, {first!r} and {id!r}",
        "give each question its own key",
    ),
    "two_areas": (
        "question {id!r} asks for the area, as {first!r} already does",
        "ask for the area once",
    ),
    "nothing_asked": ("no question is asked in a {wave} wave", "add a question for it"),
    "unknown_language": (
        "this text is in {language!r}, which is not under languages",
        "add the language there, or delete the text",
    ),
    "original_text_missing": (
        "this text lacks the original language {language!r}",
        "write the text in that language too",
    ),
    "tokens_differ": (
        "the tokens {tokens} do not stand in the text in {language!r} as in {original!r}",
        "use the same tokens in every language",
    ),
    "reviewer_missing": (
        "language {language!r} is said to be {status}, but by nobody",
        "name the reviewer, or write status: draft",
    ),
    "condition_on_unknown": (
        "question {id!r} depends on {item!r}, which is no question",
        "name a question that stands before it",
    ),
    "condition_on_later": (
        "question {id!r} depends on {item!r}, which is not asked before it",
        "move {item!r} up, or depend on an earlier question",
    ),
    "condition_on_other_wave": (
        "question {id!r} is asked in waves where {item!r} is not",
        "give both the same waves",
    ),
    "condition_impossible": (
        "question {id!r} depends on {item!r}, whose codes an instrument cannot know",
        "depend on a question with options",
    ),
    "condition_on_unknown_code": (
        "question {id!r} depends on code {answer} of {item!r}, which is not offered there",
        "use one of {known}; -1 is don't know and -2 is prefer not to say, where offered",
    ),
    "conditions_too_wide": (
        "question {id!r} depends on {count} answers, counted through the questions before it",
        "shorten the chain of conditions; at most {limit} are followed",
    ),
    "scale_item_unknown": (
        "scale {id!r} names the item {item!r}, which is no question",
        "name questions that stand under pages",
    ),
    "scale_item_twice": ("scale {id!r} names the item {item!r} twice", "name it once"),
    "scale_item_not_rated": (
        "scale {id!r} names {item!r}, whose codes are not points of a rating",
        "score only rated questions together",
    ),
    "scale_range_differs": (
        "scale {id!r} has the range {low} to {high}, but {others}",
        "score together only items with the same range",
    ),
    "scale_range_empty": (
        "scale {id!r} has the range {low} to {high}",
        "write the lowest code first, then the highest",
    ),
    "scale_share_too_large": (
        "scale {id!r} asks for {share} of its items",
        "write more_than_half, or a fraction up to 1/1",
    ),
    "reverse_not_an_item": (
        "scale {id!r} reverses {item!r}, which is not one of its items",
        "add it to items, or delete it from reverse",
    ),
    "direction_differs": (
        "scale {id!r} scores {item!r} {direction}, against its favourable codes",
        "correct favourable, or the list reverse of the scale",
    ),
    "two_primary": (
        "scale {id!r} is primary, as {first!r} already is",
        "keep one primary scale",
    ),
    "top_box_item_unknown": (
        "the top box of scale {id!r} names {item!r}, which is no rated question",
        "name the rated question whose share is shown",
    ),
    "top_box_unknown_code": (
        "the top box of scale {id!r} names code {answer}, which {item!r} does not have",
        "use its codes: {known}",
    ),
    "two_wordings": (
        "question {id!r} differs in words or options from {other} under one key, {key!r}",
        "give the changed question a new key, or restore the words",
    ),
    "not_a_file": ("this is not a file", "name the YAML file of an instrument"),
    "not_found": ("there is no such file", "check the path"),
    "not_readable": ("the file cannot be read: {what}", "check who may read it"),
    "not_utf8": ("the file is not text in UTF-8", "save it as UTF-8 text"),
}


def problem(file: str, line: int, code: str, **details: object) -> InstrumentProblem:
    message, remedy = CATALOGUE[code]
    return told(file, line, code, message.format(**details), remedy.format(**details))


def told(file: str, line: int, code: str, message: str, remedy: str) -> InstrumentProblem:
    """A problem whose words stay short, however long the text that it quotes."""
    return InstrumentProblem(file, line, code, _cut(message), _cut(remedy))


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST_MESSAGE else words[:LONGEST_MESSAGE] + " ..."
