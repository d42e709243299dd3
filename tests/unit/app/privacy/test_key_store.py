from __future__ import annotations

import json
import os
import shutil
from multiprocessing import get_context
from pathlib import Path
from stat import S_IMODE

import pytest

from app.errors import Misconfigured, Unavailable
from app.privacy import key_store
from app.privacy.count_keys import CountKeyStore
from app.privacy.key_store import KeyBroken, KeyMissing, KeyStore
from app.privacy.seal import new_wave_keys, public_half


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


@pytest.fixture
def master(tmp_path: Path) -> Path:
    return tmp_path / "secrets" / "master"


@pytest.fixture
def store(folder: Path, master: Path) -> KeyStore:
    return KeyStore(folder, master)


def modes(*paths: Path) -> list[int]:
    return [S_IMODE(path.stat().st_mode) for path in paths]


def test_a_kept_key_is_given_back_also_to_a_later_process(
    store: KeyStore, folder: Path, master: Path
) -> None:
    assert store.keep("wave1", b"k" * 32, b"p" * 32)
    again = KeyStore(folder, master)
    assert (again.get("wave1"), again.public("wave1")) == (b"k" * 32, b"p" * 32)
    assert again.names() == ["wave1"]


def test_only_the_owner_may_look(store: KeyStore, folder: Path, master: Path) -> None:
    store.keep("wave1", b"k" * 32)
    assert modes(folder, folder / "wave1.key", master) == [0o700, 0o600, 0o600]


def test_the_file_holds_neither_key_nor_master(store: KeyStore, folder: Path, master: Path) -> None:
    key = os.urandom(32)
    store.keep("wave1", key)
    content = (folder / "wave1.key").read_bytes()
    secret = bytes.fromhex(master.read_text())
    assert not any(s in content for s in (key, key.hex().encode(), secret, secret.hex().encode()))


def test_a_key_is_never_written_over(store: KeyStore) -> None:
    assert store.keep("wave1", b"first" * 8)
    assert not store.keep("wave1", b"other" * 8)
    assert store.get("wave1") == b"first" * 8


def test_a_destroyed_key_is_gone(store: KeyStore, folder: Path) -> None:
    store.keep("wave1", b"k" * 32)
    assert store.destroy("wave1")
    assert not store.destroy("wave1")
    assert list(folder.iterdir()) == []
    with pytest.raises(KeyMissing):
        store.get("wave1")


def test_deletion_and_creation_reach_the_disk(
    store: KeyStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    real = os.fsync
    monkeypatch.setattr(
        key_store.os, "fsync", lambda fd: (synced.append(os.fstat(fd).st_ino), real(fd))
    )
    store.keep("wave1", b"k" * 32)
    assert synced == [(folder / "wave1.key").stat().st_ino, folder.stat().st_ino]
    store.destroy("wave1")
    assert synced[2:] == [folder.stat().st_ino]


def test_a_copied_store_is_worthless_without_its_master(
    store: KeyStore, folder: Path, tmp_path: Path
) -> None:
    store.keep("wave1", b"k" * 32)
    copied = tmp_path / "copied"
    shutil.copytree(folder, copied)
    (tmp_path / "other").write_text("00" * 32)
    (tmp_path / "other").chmod(0o600)
    with pytest.raises(KeyBroken, match="master secret"):
        KeyStore(copied, tmp_path / "other").get("wave1")


def test_two_keys_are_wrapped_under_two_keys(store: KeyStore, folder: Path) -> None:
    store.keep("wave1", b"k" * 32)
    shutil.copyfile(folder / "wave1.key", folder / "wave2.key")
    with pytest.raises(KeyBroken):
        store.get("wave2")


@pytest.mark.parametrize("part", ["public", "nonce", "wrapped"])
def test_an_altered_file_does_not_open(store: KeyStore, folder: Path, part: str) -> None:
    store.keep("wave1", b"k" * 32, b"p" * 32)
    document = json.loads((folder / "wave1.key").read_text())
    document[part] = ("0" if document[part][0] != "0" else "1") + document[part][1:]
    (folder / "wave1.key").write_text(json.dumps(document))
    with pytest.raises(KeyBroken):
        store.get("wave1")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b"{}", b"7"])
def test_a_damaged_file_is_named(store: KeyStore, folder: Path, content: bytes) -> None:
    (folder / "wave1.key").write_bytes(content)
    with pytest.raises(KeyBroken, match=r"wave1\.key"):
        store.get("wave1")


def test_a_name_cannot_leave_the_folder(store: KeyStore) -> None:
    for name in ("../master", "a/b", "", ".hidden", "a\n"):
        with pytest.raises(ValueError, match="cannot name a key"):
            store.keep(name, b"k" * 32)


def test_a_master_inside_the_store_is_refused(folder: Path) -> None:
    with pytest.raises(Misconfigured, match="another folder"):
        KeyStore(folder, folder / "master")


def test_a_master_inside_the_store_behind_a_link_is_refused(folder: Path, tmp_path: Path) -> None:
    folder.mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(Misconfigured, match="another folder"):
        KeyStore(folder, tmp_path / "link" / "master")


def test_a_master_that_everyone_may_read_is_refused(
    store: KeyStore, folder: Path, master: Path
) -> None:
    assert store.names() == []
    master.chmod(0o644)
    with pytest.raises(Misconfigured, match=r"chmod 600"):
        KeyStore(folder, master)


def test_a_store_that_others_may_enter_is_refused(
    store: KeyStore, folder: Path, master: Path
) -> None:
    assert store.names() == []
    folder.chmod(0o755)
    with pytest.raises(Misconfigured, match=r"chmod 700"):
        KeyStore(folder, master)


def test_a_lost_master_is_not_silently_replaced(
    store: KeyStore, folder: Path, master: Path
) -> None:
    store.keep("wave1", b"k" * 32)
    master.unlink()
    with pytest.raises(Misconfigured, match="Put the master secret back"):
        KeyStore(folder, master)
    assert not master.exists()


@pytest.mark.parametrize("content", ["", "abc", "00" * 31, "zz" * 32])
def test_a_master_of_another_form_is_refused(folder: Path, master: Path, content: str) -> None:
    master.parent.mkdir()
    master.write_text(content)
    master.chmod(0o600)
    with pytest.raises(Misconfigured, match="64 hexadecimal digits"):
        KeyStore(folder, master)


def test_a_store_that_cannot_be_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="cannot be used"):
        KeyStore(tmp_path / "file", tmp_path / "master")


def test_a_full_disk_leaves_nothing_behind(
    store: KeyStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(key_store.os, "fsync", full)
    with pytest.raises(Unavailable, match="No space left"):
        store.keep("wave1", b"k" * 32)
    monkeypatch.undo()
    assert list(folder.iterdir()) == []
    assert store.keep("wave1", b"k" * 32)


def _open_together(folder: Path, master: Path, start: object, found: object) -> None:
    start.wait()
    store = KeyStore(folder, master)
    store.keep("shared", os.urandom(32))
    found.put((store._master, store.get("shared")))


def test_processes_that_start_together_share_one_master_and_one_key(
    folder: Path, master: Path
) -> None:
    context = get_context("forkserver")
    start, found = context.Barrier(6), context.Queue()
    processes = [
        context.Process(target=_open_together, args=(folder, master, start, found))
        for _ in range(6)
    ]
    for process in processes:
        process.start()
    answers = {found.get(timeout=120) for _ in processes}
    for process in processes:
        process.join()
    assert len(answers) == 1
    assert [path.name for path in folder.iterdir()] == ["shared.key"]


class TestCountKeys:
    @pytest.fixture
    def keys(self, folder: Path, master: Path) -> CountKeyStore:
        return CountKeyStore(folder, master)

    def test_the_private_key_belongs_to_the_public_one(self, keys: CountKeyStore) -> None:
        public = keys.make_keys("wave1")
        assert public_half(keys.unlock("wave1", public)) == public
        assert keys.holds("wave1")

    def test_a_repeated_opening_gets_the_same_key(self, keys: CountKeyStore) -> None:
        assert keys.make_keys("wave1") == keys.make_keys("wave1") != keys.make_keys("wave2")

    def test_another_public_key_stops_everything(self, keys: CountKeyStore) -> None:
        keys.make_keys("wave1")
        with pytest.raises(KeyBroken, match="does not belong"):
            keys.unlock("wave1", new_wave_keys().public)

    def test_a_destroyed_key_cannot_be_unlocked(self, keys: CountKeyStore) -> None:
        public = keys.make_keys("wave1")
        keys.destroy("wave1")
        assert not keys.holds("wave1")
        with pytest.raises(KeyMissing):
            keys.unlock("wave1", public)
