"""What changed between the questionnaires of the two waves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from analysis.codebook import Codebook, Text, Variable, options_of, words_differ
from analysis.guard.finding import About, Finding, Level
from analysis.guard.pair import WAVES, WavePair


def check_instruments(pair: WavePair) -> Iterator[Finding]:
    """Did both waves ask the same?

    Flags, with the question or scale: another questionnaire; a question with new words or options
    (another comparability key) or in one wave only, which is then not compared; a translation in
    other words; questions in another order; languages of one wave only; a scale that is not
    compared. Blocks where the scale that the questionnaire names as its main one is lost that way
    and no plan says what leads in its place. Passes where nothing changed. Changed words under one
    key are refused before (`match_codebooks`), but for translations.
    """
    before, after = pair.own
    found = list(_languages(pair))
    is_same_form = before.content_hash == after.content_hash != ""
    if not is_same_form:
        found += [
            *_other_form(before, after),
            *_questions(before, after),
            *_order(before, after),
            *_scales(pair),
        ]
    yield from found or [Finding("questionnaire", "passes")]


def _other_form(before: Codebook, after: Codebook) -> Iterator[Finding]:
    if before.instrument_id != after.instrument_id:
        yield Finding("other_questionnaire", "flags", About(after.instrument_id, after.title))


def _questions(before: Codebook, after: Codebook) -> Iterator[Finding]:
    """Items only: a background question that one wave asks alone moves no result."""
    earlier, later = _questions_of(before), _questions_of(after)
    for name in earlier | later:
        if name not in later:
            yield Finding("question_gone", "flags", About(name, earlier[name][0].text))
        elif name not in earlier:
            yield Finding("question_new", "flags", About(name, later[name][0].text))
        elif _keys(earlier[name]) != _keys(later[name]):
            yield _changed(name, earlier[name], later[name])
        else:
            yield from _translation(name, earlier[name], later[name])


def _changed(name: str, before: list[Variable], after: list[Variable]) -> Finding:
    """Another key: other options, else other words."""
    old, new = ([options_of(column) for column in columns] for columns in (before, after))
    id_ = "question_changed" if old == new else "options_changed"
    return Finding(id_, "flags", About(name, after[0].text))


def _translation(name: str, before: list[Variable], after: list[Variable]) -> Iterator[Finding]:
    """Languages in which the same question was put in other words."""
    changed = {
        language
        for old, new in zip(before, after, strict=True)
        for language in new.text
        if words_differ(old, new, language)
    }
    if changed:
        answer = {"en": ", ".join(sorted(changed))}
        yield Finding("translation_changed", "flags", About(name, after[0].text, answer))


def _questions_of(book: Codebook) -> dict[str, list[Variable]]:
    """Item columns by the question that they come from: a pick-all question has several."""
    found: dict[str, list[Variable]] = {}
    for variable in book.variables:
        if variable.role == "item":
            found.setdefault(variable.question, []).append(variable)
    return found


def _keys(columns: list[Variable]) -> list[tuple[str, str]]:
    return [(column.id, column.comparability_key) for column in columns]


def _order(before: Codebook, after: Codebook) -> Iterator[Finding]:
    books = _questions_of(before), _questions_of(after)
    common = books[0].keys() & books[1].keys()
    first, second = ([name for name in book if name in common] for book in books)
    for earlier, later in zip(first, second, strict=True):
        if earlier != later:
            yield Finding("order_changed", "flags", About(later, books[1][later][0].text))
            return


def _languages(pair: WavePair) -> Iterator[Finding]:
    """What the initiative says each wave offered, else what the questionnaires have."""
    offered = pair.initiative.get("languages") or {}
    own = [
        set(offered.get(wave) or book.languages) for wave, book in zip(WAVES, pair.own, strict=True)
    ]
    only = sorted(own[0] ^ own[1])
    if only:
        about = About("languages", {"en": "languages"}, {"en": ", ".join(only)})
        yield Finding("languages_changed", "flags", about)


def _scales(pair: WavePair) -> Iterator[Finding]:
    compared = {scale.id for scale in pair.shared.scales}
    before, after = pair.own
    every: Mapping[str, tuple[Text, bool]] = {
        s.id: (s.title, s.is_primary) for book in (before, after) for s in book.scales
    }
    for scale, (title, is_primary) in every.items():
        if scale not in compared:
            is_lost = is_primary and pair.plan.source == "default"
            level: Level = "blocks" if is_lost else "flags"
            yield Finding("scale_not_compared", level, About(scale, title))
