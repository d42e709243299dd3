"""Ranges of whole numbers under one code each: what is stored of a number is its band."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from app.errors import Phrase
from app.questions.contract import MissingAnswer
from app.questions.options import Option, OptionSet
from app.questions.schema import Code, Model, Text, refuse
from app.questions.words import spoken_language, word

Unit = Literal["age", "year", "number"]
Bound = Annotated[int, Field(strict=True, ge=0, le=9_999_999)]


def _label_may_be_left_out(schema: dict[str, Any]) -> None:
    """In a file: the program then names the band."""
    schema["required"].remove("label")


class Band(Model):
    """From one number to another, both included; the first and last band may be open."""

    code: Code
    low: Annotated[Bound | None, Field(alias="from")] = None
    high: Annotated[Bound | None, Field(alias="to")] = None
    label: Text

    model_config = ConfigDict(json_schema_extra=_label_may_be_left_out)

    @model_validator(mode="after")
    def _has_an_end(self) -> "Band":
        if self.low is None and self.high is None:
            raise refuse("band_without_ends", band=self.code)
        return self

    def holds(self, number: int) -> bool:
        return (self.low is None or self.low <= number) and (
            self.high is None or number <= self.high
        )


def _meeting(bands: tuple[Band, ...]) -> tuple[Band, ...]:
    """Each number between the ends lies in exactly one band, under a code of its own."""
    for fault in (*_gaps(bands), *_codes_twice(bands)):
        raise refuse("bands_do_not_meet", fault=fault)
    return bands


Bands = Annotated[tuple[Band, ...], Field(min_length=2, max_length=60), AfterValidator(_meeting)]


def with_labels(document: Any, unit: Unit) -> Any:
    """The program names bands without a label: kept in the document, so that words stay as read."""
    if not isinstance(document, dict) or not isinstance(document.get("text"), dict):
        return document
    bands = document.get("bands")
    if not isinstance(bands, list | tuple):
        return document
    languages = [tag for tag in document["text"] if isinstance(tag, str) and spoken_language(tag)]
    return {**document, "bands": [_with_label(band, unit, languages) for band in bands]}


def _with_label(band: Any, unit: Unit, languages: Sequence[str]) -> Any:
    if not isinstance(band, dict) or not isinstance(band.get("label", {}), dict):
        return band
    ends = {key: band[key] for key in ("from", "to") if band.get(key) is not None}
    if not ends:
        return band
    own = {language: _name(ends, unit, language) for language in languages}
    return {**band, "label": own | band.get("label", {})}


def _name(ends: dict[str, Any], unit: Unit, language: str) -> str:
    if len(ends) == 1:
        (key,) = ends
        return word(language, f"{unit}_{key}").format(number=ends[key])
    if ends["from"] == ends["to"]:
        return str(ends["from"])
    return word(language, "band_between").format(low=ends["from"], high=ends["to"])


def options_of(bands: Sequence[Band], missing: Sequence[MissingAnswer]) -> OptionSet:
    options = tuple(Option(code=band.code, label=band.label) for band in bands)
    return OptionSet(options=options, missing=tuple(missing))


def _gaps(bands: Sequence[Band]) -> Iterator[Phrase]:
    for band in bands:
        if band.low is not None and band.high is not None and band.low > band.high:
            yield Phrase("questions.band_backwards", band=band.code)
    for before, after in pairwise(bands):
        if before.high is None or after.low is None:
            yield Phrase("questions.bands_open", before=before.code, after=after.code)
        elif before.high + 1 != after.low:
            ends = {"end": before.high, "start": after.low}
            codes = {"before": before.code, "after": after.code}
            yield Phrase("questions.bands_apart", **codes, **ends)


def _codes_twice(bands: Sequence[Band]) -> Iterator[Phrase]:
    codes = [band.code for band in bands]
    for code in codes:
        if codes.count(code) > 1:
            yield Phrase("questions.band_code_twice", band=code)
