"""A file that is kept durably is written whole, flushed to disk, and only then in its place."""

from __future__ import annotations

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from common.transport.files import held, read_if_present, write_durably


def test_file_is_written_flushed_renamed_and_its_folder_flushed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, steps = tmp_path / "state.json", []
    rename, flush = Path.replace, os.fsync

    def replace(self: Path, target: Path) -> Path:
        steps.append(f"rename over {'the old' if target.read_bytes() == b'old' else 'a new'}")
        return rename(self, target)

    def fsync(descriptor: int) -> None:
        is_folder = os.path.isdir(f"/proc/self/fd/{descriptor}")
        steps.append("flush folder" if is_folder else "flush file")
        flush(descriptor)

    path.write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(os, "fsync", fsync)
    write_durably(path, b"new")
    assert steps == ["flush file", "rename over the old", "flush folder"]
    assert read_if_present(path) == b"new"


def test_crash_before_the_rename_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def power_cut(_descriptor: int) -> None:
        raise OSError(errno.EIO, "power cut")

    path = tmp_path / "state.json"
    write_durably(path, b"old")
    monkeypatch.setattr(os, "fsync", power_cut)
    with pytest.raises(OSError, match="power cut") as failure:
        write_durably(path, b"new")
    assert failure.value.filename == str(path), "whoever is told can see which file it is"
    assert read_if_present(path) == b"old"


def test_kept_file_is_its_owners(tmp_path: Path) -> None:
    write_durably(tmp_path / "state.json", b"secret")
    assert (tmp_path / "state.json").stat().st_mode & 0o777 == 0o600


def test_missing_file_is_none_and_an_unreadable_one_an_error(tmp_path: Path) -> None:
    assert read_if_present(tmp_path / "state.json") is None
    with pytest.raises(IsADirectoryError):
        read_if_present(tmp_path)


# --- locks


def test_lock_that_is_held_is_refused_and_a_free_one_is_not(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with held(lock), pytest.raises(BlockingIOError), held(lock):
        pass
    with held(lock):
        assert lock.stat().st_mode & 0o777 == 0o600


def test_who_waits_for_a_lock_gets_it_when_it_is_free_and_not_before(tmp_path: Path) -> None:
    lock, steps, begun = tmp_path / "lock", [], Event()

    def wait() -> None:
        begun.set()
        with held(lock, wait=True):
            steps.append("second")

    with ThreadPoolExecutor(1) as pool:
        with held(lock):
            second = pool.submit(wait)
            assert begun.wait(20)
            steps.append("first")
        second.result(20)
    assert steps == ["first", "second"]


def test_lock_where_none_can_be_made_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), held(tmp_path / "nowhere" / "lock", wait=True):
        pass
