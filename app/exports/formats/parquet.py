"""Parquet: small whole numbers, with the codebook in the file's own metadata. An optional extra."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, cast

from analysis.bundle import Sink
from app.errors import BadInput
from app.exports.answers import AnswerTable, Row

ROWS_A_GROUP: Final = 20_000
CODEBOOK_KEY: Final = "rapport.codebook"
_SMALL: Final = range(-(2**15), 2**15)


def write_parquet(table: AnswerTable, language: str, sink: Sink) -> None:
    """All languages of the codebook travel with the numbers."""
    del language
    try:
        import pyarrow as pa  # noqa: PLC0415 - 165 MB that most installations do without
        import pyarrow.parquet as pq  # noqa: PLC0415 - the same
    except ImportError as exc:
        raise BadInput("downloads.no_parquet") from exc
    about = json.dumps(table.codebook.to_dict(), ensure_ascii=False)
    schema = pa.schema(
        [pa.field(v.id, _kind(pa, [c.code for c in v.categories])) for v in table.columns],
        metadata={CODEBOOK_KEY: about},
    )
    stream = pa.PythonFile(cast("Any", _Stream(sink)), mode="w")
    with pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for rows in _groups(table.rows()):
            columns = zip(*rows, strict=True)
            arrays = [
                pa.array(cells, field.type) for cells, field in zip(columns, schema, strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


class _Stream:
    """What pyarrow asks of a file that it only writes to."""

    closed = False

    def __init__(self, sink: Sink) -> None:
        self._sink = sink

    def write(self, some: Any) -> int:
        content = bytes(some)
        self._sink.write(content)
        return len(content)

    def flush(self) -> None:
        """Whatever is written here is on its way already."""

    def close(self) -> None:
        self.closed = True


def _kind(pa: Any, codes: list[int]) -> Any:
    """A column without codes holds typed numbers, which may be large."""
    return pa.int16() if codes and all(code in _SMALL for code in codes) else pa.int32()


def _groups(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while some := list(islice(rows, ROWS_A_GROUP)):
        yield some
