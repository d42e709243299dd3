"""What a look at a sound instrument can find: each rule with its weight.

The words of the rules stand with those of errors, in `app/errors/locale`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from app.errors.sentences import SOURCE_LANGUAGE, Phrase
from app.instruments.texts import Place

# An error must be mended, advice should be heeded, a note is good to know.
Weight = Literal["error", "advice", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, and the place in the file that it is about."""

    rule: str
    place: Place
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def weight(self) -> Weight:
        return RULES[self.rule]

    @property
    def told(self) -> Phrase:
        name = self.rule.replace("-", "_")
        return Phrase(
            "lint.line",
            weight=Phrase(f"lint.weight_{self.weight}"),
            rule=self.rule,
            message=Phrase(f"lint.{name}", **self.details),
            remedy=Phrase(f"lint.{name}_remedy", **self.details),
        )

    def __str__(self) -> str:
        return self.told.told_in(SOURCE_LANGUAGE)


RULES: Final[Mapping[str, Weight]] = {
    "forbidden-topic": "error",
    "known-to-police": "error",
    "changed-wording": "error",
    "reading-hard": "advice",
    "long-question": "advice",
    "double-barrelled": "advice",
    "agree-disagree": "advice",
    "no-refusal": "advice",
    "unlabelled-point": "advice",
    "few-code-elements": "advice",
    "many-free-texts": "advice",
    "long-grid": "advice",
    "missing-translation": "advice",
    "letters-not-on-phones": "advice",
    "lost-comparability": "advice",
    "idle-exception": "advice",
    "reading-above-aim": "note",
    "free-text": "note",
    "draft-translation": "note",
    "new-key": "note",
    "added-question": "note",
    "removed-question": "note",
}
