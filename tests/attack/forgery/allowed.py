"""What an instrument allows on a sheet, read from its frozen document and nothing else.

Written anew: not one line of the code that decodes, routes or checks answers is used here.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass
from typing import Any, Final

Document = dict[str, Any]
RESERVED: Final = {"dont_know": -1, "prefer_not_to_say": -2}
SKIPPED: Final = -3
NOT_SHOWN: Final = -4
PARADATA: Final = {"mode": {"phone_web"}, "recruitment": {"open"}}
WORDED: Final = {"short_text": 100, "long_text": 1000}
LONGEST_MASK: Final = len("[address]")


@dataclass(frozen=True)
class Allowed:
    """The rules of one wave's box."""

    document: Document
    wave_kind: str
    languages: frozenset[str]
    areas: frozenset[int]

    def faults(self, sheet: Document) -> Iterator[str]:
        parts = {"format", "language", "area", "quality", "answers", "words", "tags", *PARADATA}
        if sheet.keys() != parts:
            yield f"parts {sheet.keys() ^ parts}"
            return
        yield from self._paradata_faults(sheet)
        questions = {q["id"]: q for q in self._questions()}
        elements = sum(q["kind"] == "code_element" for q in questions.values())
        if len(sheet["tags"]) not in ({0, elements + 1} if elements else {0}):
            yield f"{len(sheet['tags'])} tags of a code of {elements} elements"
        coded = {n for n, q in questions.items() if q["kind"] not in {*WORDED, "code_element"}}
        if sheet["answers"].keys() != coded:
            yield f"answers to {sheet['answers'].keys() ^ coded}"
            return
        for name in coded:
            yield from self._answer_faults(questions[name], sheet["answers"])
        for name, text in sheet["words"].items():
            yield from self._words_faults(questions.get(name), text, sheet["answers"])

    def _questions(self) -> Iterator[Document]:
        for page in self.document["pages"]:
            for question in page["questions"]:
                waves = question.get("waves", ["baseline", "follow_up"])
                if self.wave_kind in waves and question["kind"] != "information":
                    yield question

    def _paradata_faults(self, sheet: Document) -> Iterator[str]:
        for name, known in PARADATA.items():
            if sheet[name] not in known:
                yield f"{name} {sheet[name]!r}"
        if sheet["language"] not in self.languages:
            yield f"language {sheet['language']!r}"
        if sheet["area"] is not None and sheet["area"] not in self.areas:
            yield f"area {sheet['area']!r}"
        if type(sheet["quality"]) is not int or not 0 <= sheet["quality"] < 2**16:
            yield f"quality {sheet['quality']!r}"

    def _answer_faults(self, question: Document, answers: Document) -> Iterator[str]:
        answer = answers[question["id"]]
        if not shows(question.get("show_if"), answers):
            if answer != NOT_SHOWN:
                yield f"{question['id']} is hidden, but answered {answer!r}"
        elif isinstance(answer, list):
            if not self._is_several(question, answer):
                yield f"{question['id']} holds {answer!r}"
        elif type(answer) is not int or not self._is_one(question, answer):
            yield f"{question['id']} holds {answer!r}"

    def _is_one(self, question: Document, answer: int) -> bool:
        if answer == SKIPPED:
            return not question.get("needed", False)
        if answer in {RESERVED[name] for name in self._offer(question).get("missing", [])}:
            return True
        return answer in self._codes_alone(question)

    def _codes_alone(self, question: Document) -> Container[int]:
        match question["kind"]:
            case "consent":
                return {1}
            case "area":
                return self.areas | ({0} if "elsewhere" in question else set())
            case "number" if not question.get("bands"):
                return range(question.get("minimum", 0), question["maximum"] + 1)
            case "multiple_choice":
                return ()
            case _:
                return self._codes(question)

    def _is_several(self, question: Document, answer: list[object]) -> bool:
        if question["kind"] != "multiple_choice" or not answer:
            return False
        if any(type(code) is not int for code in answer) or len(set(answer)) < len(answer):
            return False
        options = self._offer(question)["options"]
        alone = {option["code"] for option in options if option.get("exclusive")}
        return (
            set(answer) <= set(self._codes(question))
            and len(answer) <= question.get("maximum", len(options))
            and (len(answer) == 1 or alone.isdisjoint(answer))
        )

    def _codes(self, question: Document) -> list[int]:
        listed = question.get("bands") or self._offer(question)["options"]
        return [each["code"] for each in listed]

    def _offer(self, question: Document) -> Document:
        """The options: under a name, in place, or (with bands or areas) only the ways out."""
        offer = question.get("options", question)
        found: Document = self.document["option_sets"][offer] if isinstance(offer, str) else offer
        return found

    def _words_faults(
        self, question: Document | None, text: object, answers: Document
    ) -> Iterator[str]:
        if question is None or question["kind"] not in WORDED:
            yield "words to a question that asks for none"
        elif not isinstance(text, str) or not text.strip() or "\0" in text:
            yield f"{question['id']} holds {text!r}"
        elif not shows(question.get("show_if"), answers):
            yield f"{question['id']} is hidden, but written {text!r}"
        elif len(text) > question.get("longest", WORDED[question["kind"]]) * LONGEST_MASK:
            yield f"{question['id']} holds {len(text)} characters"


def shows(condition: Document | None, answers: Document) -> bool:
    if condition is None:
        return True
    if "all" in condition:
        return all(shows(part, answers) for part in condition["all"])
    if "any" in condition:
        return any(shows(part, answers) for part in condition["any"])
    if "not" in condition:
        return not shows(condition["not"], answers)
    answer = answers.get(condition["item"])
    given = answer if isinstance(answer, list) else [answer]
    return not set(given).isdisjoint(condition["in"])
