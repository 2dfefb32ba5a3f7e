"""An election record on this machine's disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from common.errors import SetupError
from common.transport.documents import new_public_folder
from common.transport.files import NewFile, write_new


def write_record(directory: Path, files: Mapping[str, bytes]) -> None:
    """Write a record's files by their paths into a new directory; sworn/, which names who voted, for its owner alone.

    `SetupError` if there is such a directory, or it cannot be made.
    """
    with new_public_folder(directory):
        if any(path.startswith("sworn/") for path in files):
            (directory / "sworn").mkdir(mode=0o700)
        for path, data in files.items():
            target = directory / path
            target.parent.mkdir(parents=True, exist_ok=True)
            write_new(NewFile(target, data, private=path.startswith("sworn/")))


def read_record(directory: Path) -> Mapping[str, bytes]:
    """Every file of a record, path → bytes; `directory` holds public/ and perhaps sworn/, or is the public part.

    `SetupError` for what is no record at all, and for what is neither a plain file nor a directory: a link could lead
    out of the record. `OSError` for what cannot be read.
    """
    if not directory.is_dir():
        raise SetupError("there is no such directory; name the one that holds public/, or public/ itself")
    whole = (directory / "public").is_dir()
    if not whole and not (directory / "manifest.json").is_file():
        raise SetupError("the directory holds no public/ and no manifest.json: this is no election record")
    prefix = "" if whole else "public/"
    files: dict[str, bytes] = {}
    for path in sorted(directory.rglob("*")):
        name = path.relative_to(directory).as_posix()
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            raise SetupError(f"{name!r} is neither a plain file nor a directory")
        if path.is_file():
            files[prefix + name] = path.read_bytes()
    return files
