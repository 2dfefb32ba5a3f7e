"""Folders of the tallier's command lines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from common.errors import SetupError


def new_public_folder(folder: Path) -> Path:
    """Make a folder for files to hand out; `SetupError` if it is there already."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise SetupError(f"{folder} is there already and is not overwritten; name another folder") from None
    except OSError as error:
        raise SetupError(f"{folder} cannot be made ({error.strerror}); name another folder") from None
    return folder


def require_free(out: Path) -> None:
    """Before long work rather than after it: `SetupError` if there is a file or folder of this name."""
    if out.exists():
        raise SetupError(f"{out} is there already and is not overwritten; name another with --out")


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a record's files by their paths into a new folder; of sworn/, which names who voted, for its owner."""
    new_public_folder(folder)
    if any(path.startswith("sworn/") for path in files):
        (folder / "sworn").mkdir(mode=0o700)
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def read_record(folder: Path) -> dict[str, bytes]:
    """The plain files of a record, path → bytes; `folder` holds public/ and perhaps sworn/, or is the public part.

    `SetupError` if it is neither.
    """
    whole = (folder / "public").is_dir()
    if not whole and not (folder / "manifest.json").is_file():
        raise SetupError(f"{folder} holds no public/ and no manifest.json: this is no election record")
    prefix = "" if whole else "public/"
    return {
        prefix + path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }
