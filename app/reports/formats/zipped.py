"""Zip files that carry no time: the same content is the same file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from typing import Final

_NO_DAY: Final = (1980, 1, 1, 0, 0, 0)


def zipped(content: Mapping[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, one in content.items():
            packed.writestr(zipfile.ZipInfo(name, _NO_DAY), one, zipfile.ZIP_DEFLATED)
    return file.getvalue()


def without_times(file: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(file)) as packed:
        return zipped({name: packed.read(name) for name in packed.namelist()})
