"""Messages as files, read strictly, written once; folders to hand out; what is handed over to be pinned.

What cannot be read is told in a sentence: which file, what is wrong with it, what helps.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TypeVar, get_origin

from common.eid.service_keys import PUBLIC_LENGTH
from common.encoding.octets import from_base64url
from common.errors import EncodingError, SetupError
from common.messages.acts import Signed
from common.messages.draft import Draft, RollChanges, RollDraft
from common.messages.introductions import CollectorIntroduction, EidIntroduction
from common.messages.manifest import Trustee, Witness
from common.messages.message import decode, encode
from common.messages.result import Aggregates, SignedAnswer
from common.requests import RehearsalShares, ShareDelivery
from common.tally.evidence import Evidence
from common.transport.files import NewFile, new_directory, write_new

M = TypeVar("M")
_KEY = "give the file authority.key, or what stands in it"


def read_document(kind: type[M], path: Path) -> M:
    """The message in a file; `SetupError` says which file is missing or holds something else."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SetupError(f"{path}: {error.strerror}; give {_words(kind)}") from None
    try:
        return decode(kind, data)
    except EncodingError as error:
        raise SetupError(f"{path} {_otherwise(data, error)}; give {_words(kind)}") from None


_WORDS: Mapping[object, str] = {
    Signed: "what the election authority signed, such as manifest.json or roll.json",
    dict: "the key proof, key-proof.json",
    Draft: "the draft that `valik election draft` wrote, draft.json",
    RollDraft: "the rows that `valik election draft` wrote, rows.json",
    RollChanges: "changes of the roll",
    Trustee: "a trustee's public.json",
    Witness: "a witness's public.json",
    CollectorIntroduction: "a collector's public.json",
    EidIntroduction: "an eID authority's public.json",
    Evidence: "ballot box and log, evidence.json",
    Aggregates: "the aggregates, aggregates.json",
    ShareDelivery: "a sealed share that `valik ceremony deal` wrote",
    RehearsalShares: "what `valik trustee rehearse` wrote",
    SignedAnswer: "what `valik trustee answer` wrote",
}


def _words(kind: type[object]) -> str:
    """What a file of this kind is called; a kind of one party's own by its class, such as `ceremony`."""
    spoken = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind.__name__).lower()
    return _WORDS.get(get_origin(kind) or kind, f"a file that holds its {spoken}")


def _otherwise(data: bytes, error: EncodingError) -> str:
    """What a file is that is not what it should be; the decoder's words tell where, and never what stands there."""
    if not data:
        return "is empty"
    if not data.startswith((b"{", b"[")):
        return "is no message of this project"
    fault = str(error).partition(": ")[2]
    if fault.startswith("message: Invalid JSON"):
        return "is cut off or damaged"
    if fault.startswith("not in canonical form"):
        return "was changed: it is not in its one form"
    return f"holds something else ({fault})"


def write_document(path: Path, value: object, *, private: bool = False) -> None:
    """Write a message's canonical bytes to a new file; `SetupError` if there is one of that name.

    `private`: for its owner alone, as is due for all that names voters.
    """
    write_files(NewFile(path, encode(value), private))


def write_files(*files: NewFile) -> None:
    """Write new files, all of them or none; `SetupError` if there is one of such a name, or no room."""
    try:
        for file in files:
            file.path.parent.mkdir(parents=True, exist_ok=True)
        write_new(*files)
    except FileExistsError as error:
        raise SetupError(f"{error.filename} is there already and is not overwritten; name another file") from None
    except OSError as error:
        raise SetupError(f"{error.filename} cannot be written ({error.strerror}); {_remedy(error)}") from None


def _remedy(error: OSError) -> str:
    return "make room, then try again" if error.errno in {errno.ENOSPC, errno.EDQUOT} else "name another file"


def write_line(path: Path, line: str) -> None:
    """Write a line of ASCII to a new file; `SetupError` if that cannot be."""
    write_files(NewFile(path, f"{line}\n".encode("ascii")))


@contextmanager
def new_public_folder(folder: Path) -> Iterator[Path]:
    """Make a folder for files to hand out; `SetupError` if it is there already.

    If what the caller does with it fails, the folder is taken away again.
    """
    with ExitStack() as made:
        try:
            made.enter_context(new_directory(folder, 0o777))
        except FileExistsError:
            raise SetupError(f"{folder} is there already and is not overwritten; name another folder") from None
        except OSError as error:
            raise SetupError(f"{folder} cannot be made ({error.strerror}); name another folder") from None
        yield folder


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
        raise SetupError(f"the authority's key file is not one line of base64url; {_KEY}") from None
    except EncodingError:
        raise SetupError(
            f"the authority's key is neither a file that there is nor unpadded base64url; {_KEY}"
        ) from None
    if len(key) != PUBLIC_LENGTH:
        raise SetupError(f"the authority's key is {len(key)} bytes long where {PUBLIC_LENGTH} are due; {_KEY}")
    return key
