"""The bundle: equal bytes for equal content, and nothing cut or foreign gets through."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from analysis import bundle as bundles
from analysis.bundle import (
    Bundle,
    BundleError,
    EarlierWave,
    read_bundle,
    write_bundle,
    write_bundle_of,
)
from tests.unit.analysis.books import book, question, table

BOOK: Final = book(question("q1", missing=(-1,), favourable=(4, 5)))
WHOLE: Final = Bundle(
    codebook_before=BOOK,
    codebook_after=BOOK,
    responses_before=table({"q1": [1, 2, None]}),
    responses_after=table({"q1": [3, "-1"]}),
    plan={"primary": ["q1"]},
    initiative={"title": {"ar": "لقاء"}},
    script="# R\n",
    design={"before": {}},
    computed={"schema": "rapport.comparison/1"},
    earlier=(EarlierWave(BOOK, table({"q1": [2]})), EarlierWave(BOOK, table({"q1": [4, 5]}))),
)

Members = dict[str, bytes]


def _written(bundle: Bundle) -> bytes:
    target = io.BytesIO()
    write_bundle(bundle, target)
    return target.getvalue()


def _members(content: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(members: Members) -> io.BytesIO:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    target.seek(0)
    return target


def test_a_bundle_comes_back_as_it_went_in(tmp_path: Path) -> None:
    write_bundle(WHOLE, tmp_path / "bundle.zip")
    assert read_bundle(tmp_path / "bundle.zip") == WHOLE


def test_plan_initiative_and_script_may_be_absent() -> None:
    bare = Bundle(BOOK, BOOK, WHOLE.responses_before, WHOLE.responses_after)
    assert read_bundle(io.BytesIO(_written(bare))) == bare


def test_equal_bundles_are_equal_bytes() -> None:
    assert _written(WHOLE) == _written(WHOLE)


def test_the_manifest_counts_rows_without_the_heading() -> None:
    manifest = json.loads(_members(_written(WHOLE))["manifest.json"])
    rows = [manifest["members"][f"responses_{wave}.csv"]["rows"] for wave in ("before", "after")]
    assert rows == [3, 2]


def _without(name: str) -> Callable[[Members], Members]:
    return lambda members: {key: value for key, value in members.items() if key != name}


def _with(name: str, content: bytes) -> Callable[[Members], Members]:
    return lambda members: {**members, name: content}


def _in_manifest(**changes: object) -> Callable[[Members], Members]:
    def change(members: Members) -> Members:
        manifest = json.loads(members["manifest.json"]) | changes
        return {**members, "manifest.json": json.dumps(manifest).encode()}

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_without("manifest.json"), "manifest.json is missing"),
        (_without("responses_after.csv"), "responses_after.csv is missing"),
        (_without("plan.json"), "does not list the members that are there"),
        (_with("derive.R", b""), "this is the public bundle, which holds no answers"),
        (_with("about.json", b""), "this is the public-use file, in which"),
        (_with("virus.exe", b""), "'virus.exe' does not belong in a bundle"),
        (_with("responses_before.csv", b"q1\n1\n2\n"), "responses_before.csv is not what the"),
        (_with("responses_before.csv", b"q1\n\xff\n"), "responses_before.csv is not UTF-8"),
        (_with("plan.json", b"{}"), "plan.json is not what the manifest says"),
        (_with("manifest.json", b"{"), "manifest.json is no JSON (Expecting"),
        (_with("manifest.json", b"[" * 100_000), "manifest.json is no JSON"),
        (_with("manifest.json", b"[]"), "manifest.json must be a mapping"),
        (_in_manifest(schema="rapport.bundle/9"), "says schema 'rapport.bundle/9'"),
        (_in_manifest(members=[]), "does not list the members"),
    ],
)
def test_a_bundle_that_is_not_whole_is_refused_by_member(
    change: Callable[[Members], Members], words: str
) -> None:
    with pytest.raises(BundleError) as refused:
        read_bundle(_zipped(change(_members(_written(WHOLE)))))
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("missing", "alone"),
    [
        ("responses_earlier_2.csv", "codebook_earlier_2.json"),
        ("codebook_earlier_1.json", "codebook_earlier_2.json"),
        ("responses_earlier_1.csv", "codebook_earlier_1.json"),
    ],
)
def test_an_earlier_wave_comes_with_both_of_its_members_and_without_a_gap(
    missing: str, alone: str
) -> None:
    members = _members(_written(WHOLE))
    del members[missing]
    manifest = json.loads(members["manifest.json"])
    del manifest["members"][missing]
    with pytest.raises(BundleError, match=f"{alone} stands alone"):
        read_bundle(_zipped({**members, "manifest.json": json.dumps(manifest).encode()}))


def test_a_member_that_unpacks_beyond_its_limit_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bundles, "_LARGEST_CSV", 1000)
    bomb = _zipped(_members(_written(WHOLE)) | {"responses_before.csv": b"0" * 1_000_000})
    with pytest.raises(BundleError, match=r"responses_before\.csv is larger than"):
        read_bundle(bomb)


def test_a_member_that_stands_twice_is_refused() -> None:
    target = io.BytesIO(_written(WHOLE))
    with zipfile.ZipFile(target, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("plan.json", b"{}")
    with pytest.raises(BundleError, match=r"plan\.json stands twice"):
        read_bundle(target)


@pytest.mark.parametrize("cut", [0, 10, 300])
def test_a_file_that_is_no_whole_zip_is_refused(cut: int) -> None:
    with pytest.raises(BundleError, match="no whole zip"):
        read_bundle(io.BytesIO(_written(WHOLE)[:cut]))


def test_damage_inside_a_member_is_refused() -> None:
    content = bytearray(_written(WHOLE))
    content[60] ^= 0xFF
    with pytest.raises(BundleError):
        read_bundle(io.BytesIO(bytes(content)))


def test_responses_that_are_no_csv_are_refused_on_writing() -> None:
    broken = Bundle(BOOK, BOOK, "q1\n" + "1" * 200_000, "q1\n1\n")
    with pytest.raises(BundleError, match=r"responses_before\.csv is no CSV"):
        _written(broken)


def test_a_file_that_cannot_be_read_at_all_is_not_called_a_broken_zip(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read_bundle(tmp_path)


def test_a_zip_whose_directory_points_outside_the_file_is_refused(tmp_path: Path) -> None:
    content = bytearray(_written(WHOLE))
    place = slice(len(content) - 6, len(content) - 2)  # where the directory begins
    content[place] = (int.from_bytes(content[place], "little") + 40).to_bytes(4, "little")
    (tmp_path / "bundle.zip").write_bytes(content)
    with pytest.raises(BundleError, match="no whole zip"):
        read_bundle(tmp_path / "bundle.zip")


def test_answers_are_written_as_they_come_and_held_no_longer() -> None:
    written = _Counting()
    seen: list[int] = []
    rng = random.Random(1)

    def pieces() -> Iterator[str]:
        yield "q1\n"
        for _ in range(60):
            seen.append(written.size)
            yield "".join(f"{rng.random()}\n" for _ in range(1000))

    answers = {"before": pieces(), "after": ["q1\n", "3\n", "", "-1\n"]}
    write_bundle_of(answers, lambda: replace(WHOLE, earlier=()), written)
    assert seen[-1] > written.size / 2
    assert max(written.pieces) < written.size / 5
    bundle = read_bundle(io.BytesIO(b"".join(written.content)))
    assert bundle.responses_before.count("\n") == 60_001
    assert bundle.responses_after == "q1\n3\n-1\n"
    assert replace(bundle, responses_before="", responses_after="") == replace(
        WHOLE, earlier=(), responses_before="", responses_after=""
    )
    manifest = json.loads(_members(b"".join(written.content))["manifest.json"])
    assert manifest["members"]["responses_before.csv"]["rows"] == 60_000
    assert manifest["members"]["responses_after.csv"]["rows"] == 2


class _Counting:
    """A file that can only be written, as downloads are."""

    def __init__(self) -> None:
        self.content: list[bytes] = []
        self.size = 0

    @property
    def pieces(self) -> list[int]:
        return [len(piece) for piece in self.content]

    def write(self, some: bytes, /) -> int:
        self.content.append(bytes(some))
        self.size += len(some)
        return len(some)

    def flush(self) -> None:
        """Nothing waits."""
