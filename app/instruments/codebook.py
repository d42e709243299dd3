"""What each column of a wave's answers means, told to `analysis`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.codebook import Codebook, Scale, TopBox, Variable
from app.instruments.version import freeze
from app.questions.contract import AreaChoice, CodebookContext
from app.questions.schema import fill_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.instruments import model
    from app.instruments.model import Instrument
    from app.questions import Question
    from app.questions.schema import WaveKind

TOP_CODES = 2


def build_codebook(
    instrument: Instrument,
    wave_kind: WaveKind,
    areas: Sequence[AreaChoice] = (),
    tokens: Mapping[str, str] | None = None,
) -> Codebook:
    """Describe one kind of wave. With `tokens` the initiative's words stand in the texts."""
    variables = _columns(instrument, instrument.questions_in(wave_kind), areas)
    if tokens is not None:
        variables = tuple(
            replace(variable, text=_filled(variable.text, tokens)) for variable in variables
        )
    asked = {variable.id for variable in variables}
    return Codebook(
        instrument_id=instrument.id,
        version=instrument.version,
        content_hash=freeze(instrument).content_hash,
        title=instrument.title,
        languages=tuple(instrument.languages),
        variables=variables,
        scales=tuple(
            _scale(scale, instrument)
            for scale in instrument.scales
            if asked.issuperset(scale.items)
        ),
    )


def all_columns(instrument: Instrument) -> tuple[Variable, ...]:
    """The columns of every kind of wave together."""
    return _columns(instrument, instrument.questions, ())


def _columns(
    instrument: Instrument, questions: Iterable[Question], areas: Sequence[AreaChoice]
) -> tuple[Variable, ...]:
    context = CodebookContext(
        languages=tuple(instrument.languages),
        missing_labels=instrument.missing_labels,
        default_key=instrument.comparability_key,
        areas=tuple(areas),
    )
    reverse = {item: item in scale.reverse for scale in instrument.scales for item in scale.items}
    return tuple(
        _with_direction(variable, is_reverse=reverse.get(variable.id))
        for question in questions
        for variable in question.variables(context)
    )


def _with_direction(variable: Variable, *, is_reverse: bool | None) -> Variable:
    """An item of a scale that declares nothing: its two best codes, seen from the scale."""
    if variable.favourable or is_reverse is None:
        return variable
    codes = sorted(variable.valid_codes)
    best = codes[:TOP_CODES] if is_reverse else codes[-TOP_CODES:]
    return replace(variable, favourable=tuple(best))


def _filled(text: Mapping[str, str], tokens: Mapping[str, str]) -> dict[str, str]:
    return {language: fill_tokens(phrase, tokens) for language, phrase in text.items()}


def _scale(scale: model.Scale, instrument: Instrument) -> Scale:
    low, high = scale.range
    top_box = scale.top_box
    return Scale(
        id=scale.id,
        title=scale.title or dict.fromkeys(instrument.languages, scale.id),
        items=scale.items,
        low=low,
        high=high,
        ends=scale.ends,
        reverse=scale.reverse,
        min_answered=scale.min_answered,
        is_primary=scale.primary,
        top_box=TopBox(top_box.item, top_box.codes) if top_box else None,
    )
