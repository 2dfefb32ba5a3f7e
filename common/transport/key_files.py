"""A party's own keys on its own disk: PKCS #8 files of mode 0600 in a folder of mode 0700."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from common.errors import SetupError
from common.transport.files import NewFile, held, new_directory, write_new

LOCK = "lock"
PUBLIC_FILE = "public.json"
"""What a party tells the election authority about itself; the one file of its folder that is not secret."""


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Make a party's folder, readable by its owner alone; `SetupError` if it is there already.

    If what the caller does with it fails, the folder is taken away again.
    """
    with ExitStack() as made:
        try:
            made.enter_context(new_directory(folder, 0o700))
            write_private(folder / ".gitignore", b"*\n")
        except FileExistsError:
            raise SetupError(
                f"{folder} is there already; keys are never overwritten, so name another folder"
            ) from None
        except OSError as error:
            raise SetupError(f"{folder} cannot be made ({error.strerror}); name another folder") from None
        yield folder


def write_private(path: Path, data: bytes) -> None:
    """Write a new file that only its owner can read, whole or not at all; never overwrites."""
    write_new(NewFile(path, data, private=True))


def save_key(path: Path, key: Ed25519PrivateKey | X25519PrivateKey) -> None:
    """Write a private key, once."""
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    write_private(path, key.private_bytes(serialization.Encoding.PEM, form, plain))


def load_signing_key(path: Path) -> Ed25519PrivateKey:
    """A saved Ed25519 key; `SetupError` for anything else."""
    key = _load(path)
    if not isinstance(key, Ed25519PrivateKey):
        raise SetupError(f"{path}: not an Ed25519 key")
    return key


def load_sealing_key(path: Path) -> X25519PrivateKey:
    """A saved X25519 key; `SetupError` for anything else."""
    key = _load(path)
    if not isinstance(key, X25519PrivateKey):
        raise SetupError(f"{path}: not an X25519 key")
    return key


@contextmanager
def held_alone(folder: Path) -> Iterator[None]:
    """No other process uses a party's folder meanwhile: two that did could each believe to be the first (D2, D9)."""
    with ExitStack() as lock:
        try:
            lock.enter_context(held(folder / LOCK))
        except BlockingIOError:
            raise SetupError(f"{folder} is in use by another process; stop that first") from None
        except OSError as error:
            raise SetupError(f"{folder}: {error.strerror}; give the folder in which this party was made") from None
        yield


def _load(path: Path) -> object:
    try:
        return serialization.load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise SetupError(f"{path}: {error.strerror}; give the folder in which this party was made") from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SetupError(f"{path}: not a private key") from None
