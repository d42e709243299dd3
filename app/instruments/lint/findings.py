"""What a look at a sound instrument can find: each rule with its weight and its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from app.instruments.texts import Place

Weight = Literal["error", "advice", "note"]


@dataclass(frozen=True, slots=True)
class Rule:
    """An error must be mended, advice should be heeded, a note is good to know."""

    weight: Weight
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found, and the place in the file that it is about."""

    rule: str
    place: Place
    details: Mapping[str, object] = field(default_factory=dict)

    @property
    def weight(self) -> Weight:
        return RULES[self.rule].weight

    def __str__(self) -> str:
        rule = RULES[self.rule]
        remedy = rule.remedy.format(**self.details)
        message = rule.message.format(**self.details)
        return f"{rule.weight} [{self.rule}]: {message}. {remedy[0].upper()}{remedy[1:]}"


RULES: Final[Mapping[str, Rule]] = {
    "forbidden-topic": Rule(
        "error",
        "{id!r} says {word!r} in {language!r}: {topic}, which no question may touch",
        "ask something else; people who are afraid would stay away or be put at risk",
    ),
    "known-to-police": Rule(
        "error",
        "{id!r} is part of a code and says {word!r} in {language!r}: {topic}, which records hold",
        "ask for something that only this person remembers, such as a first pet or a first teacher",
    ),
    "changed-wording": Rule(
        "error",
        "{id!r} differs in words or options from the earlier file under one key, {key!r}",
        "give the changed question a new key, or restore the words",
    ),
    "reading-hard": Rule(
        "advice",
        "{id} asks for school grade {grade:.1f} in English; at most {most} is allowed",
        "use shorter sentences and shorter words",
    ),
    "long-question": Rule(
        "advice",
        "{id!r} has {count} words in {language!r}; at most {most} are read in one go",
        "shorten it",
    ),
    "double-barrelled": Rule(
        "advice",
        "{id!r} may ask two things at once, around {word!r}",
        "ask one thing, or state under lint_ok why it is one",
    ),
    "agree-disagree": Rule(
        "advice",
        "{id!r} offers {label!r}: people tend to agree, whatever is said",
        "ask how often, how much or how well, with answers of its own",
    ),
    "no-refusal": Rule(
        "advice",
        "{id!r} does not offer to prefer not to say",
        "add prefer_not_to_say to missing",
    ),
    "unlabelled-point": Rule(
        "advice",
        "{id!r} has the option {label!r} in {language!r}, which is no word",
        "say in words what each point means",
    ),
    "few-code-elements": Rule(
        "advice",
        "the code has {count} elements in the {wave} wave; {usual} are asked for",
        "ask for {usual}: with fewer, chance links strangers; with more, people stop",
    ),
    "many-free-texts": Rule(
        "advice",
        "{id!r} is the {count}. question of the {wave} wave that asks for words of one's own",
        "ask at most one; offer answers to choose from, and people need not write",
    ),
    "long-grid": Rule(
        "advice",
        "a grid of {count} questions stands here; after {most} people stop to tell them apart",
        "split it, with something else in between",
    ),
    "missing-translation": Rule(
        "advice",
        "no wave can open in {language!r}, because this is missing: {where}",
        "write the text, or delete the language",
    ),
    "letters-not-on-phones": Rule(
        "advice",
        "language {language!r} is written in {scripts}, which many phones show as empty boxes",
        "try it on the phones of those who are asked, or ask them on paper; Rapport sends no font",
    ),
    "lost-comparability": Rule(
        "advice",
        "{id!r} reads as in the earlier file, but its key {key!r} is not that of then, {before!r}",
        "write comparability_key: {before}",
    ),
    "idle-exception": Rule(
        "advice",
        "{id!r} makes an exception from {rule!r}, which finds nothing there",
        "delete it from lint_ok; the rules are listed in docs/lint.md",
    ),
    "reading-above-aim": Rule(
        "note",
        "{id} asks for school grade {grade:.1f} in English; {aim} is aimed at",
        "it is allowed; simpler is better",
    ),
    "free-text": Rule(
        "note",
        "{id!r} asks for words of one's own, in which people tell more about themselves than asked",
        "plan who reads and redacts them; docs/questions/long_text.md says how they are kept",
    ),
    "draft-translation": Rule(
        "note",
        "language {language!r} is a draft that nobody has reviewed",
        "let someone who speaks it read it before a wave opens",
    ),
    "new-key": Rule(
        "note",
        "{id!r} was changed and has a new key: it is not compared with the earlier file",
        "nothing, if that is meant",
    ),
    "added-question": Rule("note", "{id!r} is not in the earlier file", "nothing, if it is meant"),
    "removed-question": Rule(
        "note",
        "{id!r} of the earlier file is gone",
        "nothing, if it is meant",
    ),
}
