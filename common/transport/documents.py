"""Messages as files, read strictly, written once; folders to hand out; the authority's key, as it is handed over."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from common.eid.service_keys import PUBLIC_LENGTH
from common.encoding.octets import from_base64url
from common.errors import EncodingError, SetupError
from common.messages.message import decode, encode
from common.transport.files import owner_only

M = TypeVar("M")


def read_document(kind: type[M], path: Path) -> M:
    """The message in a file; `SetupError` says which file is missing or holds something else."""
    try:
        return decode(kind, path.read_bytes())
    except OSError as error:
        raise SetupError(f"{path}: {error.strerror}") from None
    except EncodingError as error:
        raise SetupError(f"{path}: {error}") from None


def write_document(path: Path, value: object, *, private: bool = False) -> None:
    """Write a message's canonical bytes to a new file; `SetupError` if there is one of that name.

    `private`: for its owner alone, as is due for all that names voters.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "xb", opener=owner_only if private else None) as stream:
            stream.write(encode(value))
    except FileExistsError:
        raise SetupError(f"{path} is there already and is not overwritten; name another file") from None
    except OSError as error:
        raise SetupError(f"{path} cannot be written ({error.strerror}); name another file") from None


def write_line(path: Path, line: str) -> None:
    """Write a line of ASCII to a new file; `SetupError` if that cannot be."""
    try:
        with path.open("x", encoding="ascii") as stream:
            stream.write(line + "\n")
    except OSError as error:
        raise SetupError(f"{path} cannot be written ({error.strerror}); name another folder") from None


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


def read_authority(text: str) -> bytes:
    """The authority's 32-byte key, from a file that holds it as one line, or from the text itself."""
    path = Path(text)
    try:
        given = path.read_text(encoding="ascii").removesuffix("\n") if path.is_file() else text
        key = from_base64url(given)
    except ValueError:
        raise SetupError("the authority's key file is not one line of base64url") from None
    except EncodingError:
        raise SetupError("the authority's key is neither a file that there is nor unpadded base64url") from None
    if len(key) != PUBLIC_LENGTH:
        raise SetupError(f"the authority's key is {len(key)} bytes long where {PUBLIC_LENGTH} are due")
    return key
