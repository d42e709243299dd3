"""What does not fit a model is told in the reader's language, and in no words of pydantic's."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, Json, TypeAdapter, ValidationError

from app.errors.misfits import told_csv_fault, told_misfit


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    n: int


MISFITS = [
    (int, "many", "debe ser un número entero"),
    (int, 1.5, "debe ser un número entero"),
    (int, "1" * 5000, "el número es demasiado largo"),
    (float, "many", "debe ser un número"),
    (bool, "perhaps", "debe ser true o false"),
    (str, 5, "debe ser un texto"),
    (Annotated[str, Field(min_length=2)], "a", "número de caracteres: 2 o más"),
    (Annotated[str, Field(max_length=2)], "abc", "número de caracteres: 2 o menos"),
    (Annotated[str, Field(pattern="^[a-z]$")], "1", "debe seguir el patrón ^[a-z]$"),
    (Annotated[float, Field(gt=0.5)], 0, "debe ser mayor que 0,5"),
    (Annotated[int, Field(ge=1)], 0, "debe ser 1 o más"),
    (Annotated[int, Field(lt=9)], 9, "debe ser menor que 9"),
    (Annotated[int, Field(le=9)], 10, "debe ser 9 o menos"),
    (Literal["a", "b", "c"], "d", "debe ser uno de estos: 'a', 'b', 'c'"),
    (Literal[1, 2], 3, "debe ser uno de estos: 1, 2"),
    (list[int], 5, "debe ser una lista"),
    (tuple[int, ...], 5, "debe ser una lista"),
    (Annotated[list[int], Field(min_length=1)], [], "número de partes: 1 o más"),
    (Annotated[list[int], Field(max_length=1)], [1, 2], "número de partes: 1 o menos"),
    (dict[str, int], 5, "debe ser un conjunto de claves y valores"),
    (Closed, 5, "debe ser un conjunto de claves y valores"),
    (Closed, {}, "falta"),
    (Closed, {"n": 1, "m": 2}, "aquí no se conoce nada con este nombre"),
    (date, "soon", "debe ser un día, por ejemplo 2026-03-31"),
    (datetime, "soon", "debe ser un día y una hora, por ejemplo 2026-03-31T09:30:00Z"),
    (Json[int], "{", "no es JSON"),
    (None, 5, "aquí no puede haber nada"),
    (complex, "soon", "no tiene la forma debida"),
]


@pytest.mark.parametrize(("model", "value", "told"), MISFITS)
def test_what_does_not_fit_is_told_in_spanish(model: Any, value: object, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(model).validate_python(value)
    (error,) = caught.value.errors(include_url=False)
    phrase = told_misfit(error)
    assert phrase.told_in("es") == told
    assert phrase.told_in("en") != told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('"a', "se abren unas comillas que nunca se cierran"),
        ('"a" b', "algo sigue a unas comillas de cierre"),
        ("a" * (csv.field_size_limit() + 1), "una celda es demasiado larga"),
    ],
)
def test_why_a_line_is_none_of_a_table_is_told_in_spanish(text: str, told: str) -> None:
    with pytest.raises(csv.Error) as caught:
        list(csv.reader(io.StringIO(text), strict=True))
    assert told_csv_fault(caught.value).told_in("es") == told
