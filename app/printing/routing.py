"""What a page shows or hides by itself, said in words: only if ..., go to question ..."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from app.questions import Question
from app.questions.conditions import AllOf, AnyOf, Condition, Leaf, Negation
from app.questions.contract import PageContext
from app.web.locales import Locale


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in its place on paper; what only informs has no number."""

    question: Question
    number: int | None


def numbered(questions: Sequence[Question]) -> list[Asked]:
    asked: list[Asked] = []
    count = 0
    for question in questions:
        count += bool(question.fields)
        asked.append(Asked(question, count if question.fields else None))
    return asked


class PaperRoutes:
    """The conditions of one instrument as its paper says them."""

    def __init__(self, asked: Sequence[Asked], page: PageContext, locale: Locale) -> None:
        self._asked = asked
        self._by_id = {one.question.id: one for one in asked}
        self._page = page
        self._locale = locale

    def only_if(self, condition: Condition) -> str:
        return self._locale("print_paper_only_if", condition=self._told(condition))

    def _told(self, condition: Condition, *, is_inside: bool = False) -> str:
        match condition:
            case Leaf():
                return self._answered(condition)
            case Negation(negated=part):
                return self._locale("print_paper_not", condition=self._told(part))
            case AllOf(all=parts):
                words = self._joined("print_paper_and", parts)
            case AnyOf(any=parts):
                words = self._joined("print_paper_or", parts)
        return f"({words})" if is_inside and len(parts) > 1 else words

    def _joined(self, key: str, parts: Sequence[Condition]) -> str:
        words = [self._told(part, is_inside=len(parts) > 1) for part in parts]
        return self._chained(key, words)

    def _chained(self, key: str, words: Sequence[str]) -> str:
        told = words[0]
        for other in words[1:]:
            told = self._locale(key, one=told, other=other)
        return told

    def _answered(self, leaf: Leaf) -> str:
        labels = self._labels(self._by_id[leaf.item].question)
        quoted = [
            self._locale("print_paper_quoted", answer=labels[str(code)])
            for code in leaf.codes
            if str(code) in labels
        ]
        return self._locale(
            "print_paper_answered",
            answers=self._chained("print_paper_or", quoted),
            number=self._by_id[leaf.item].number,
        )

    def _labels(self, question: Question) -> dict[str, str]:
        return {choice.value: choice.label for choice in question.choices(self._page, {})}

    def skips(self, one: Asked) -> dict[str, str]:
        """Where each choice leads that passes over the questions that follow at once."""
        at = self._asked.index(one)
        following = self._asked[at + 1 :]
        reasons = [_leaf(other.question.show_if) for other in following]
        first = reasons[0] if reasons else None
        if first is None or first.item != one.question.id or not one.question.codes_by_value:
            return {}
        passed = len(list(takewhile(lambda reason: reason == first, reasons)))
        ahead = next((other.number for other in following[passed:] if other.number), None)
        goes = (
            self._locale("print_paper_go_to", number=ahead)
            if ahead
            else self._locale("print_paper_go_end")
        )
        shown: Mapping[str, int] = one.question.codes_by_value
        return {value: goes for value, code in shown.items() if code not in first.codes}


def _leaf(condition: Condition | None) -> Leaf | None:
    """A condition that one answer settles."""
    match condition:
        case Leaf():
            return condition
        case AllOf(all=(only,)) | AnyOf(any=(only,)):
            return _leaf(only)
    return None


def runs(asked: Sequence[Asked]) -> Iterator[tuple[Condition | None, list[Asked]]]:
    """Neighbours under the same condition, so that it is said once."""
    run: list[Asked] = []
    for one in asked:
        if run and one.question.show_if != run[0].question.show_if:
            yield run[0].question.show_if, run
            run = []
        run.append(one)
    if run:
        yield run[0].question.show_if, run
