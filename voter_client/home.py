"""What a voter's client keeps on disk: the election it has pinned, and one journal for each voter.

    manifest.json   the signed manifest
    authority.key   the authority's key
    fingerprint     the election fingerprint
    journals/       a file for each voter, named by a hash, with votes, receipts and seeds

All of it is for its owner's eyes only: with a seed one can read a vote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from common.checks.catalogue import COMPLETE
from common.checks.check import CheckList
from common.checks.manifest import open_manifest
from common.crypto.cryptosystem import Cryptosystem
from common.crypto.systems import SYSTEMS, require_secure
from common.encoding.octets import to_base64url
from common.errors import EncodingError, SetupError
from common.messages.acts import Signed
from common.messages.election import Election
from common.messages.message import decode
from common.transport.documents import read_authority, read_document
from common.transport.files import held, read_if_present, write_durably
from voter_client.cast import require_election
from voter_client.journal import Journal
from voter_client.journal_file import read_journal, write_journal

MANIFEST, AUTHORITY, FINGERPRINT, JOURNALS = "manifest.json", "authority.key", "fingerprint", "journals"


class Home:
    """An existing home. Several processes may use it at once; each voter's journal is changed by one at a time."""

    def __init__(
        self, folder: Path, *, systems: Mapping[str, Cryptosystem] = SYSTEMS, checks: CheckList = COMPLETE
    ) -> None:
        """Open the election pinned in `folder` (K1, K2); `SetupError` if that is no home, `CheckFailed` if the
        manifest is not the one that was pinned.
        """
        if not (folder / MANIFEST).is_file():
            raise SetupError(f"{folder} holds no election yet; give --manifest and --authority to pin one there")
        self.folder = folder
        self.checks = checks
        authority = read_authority(str(folder / AUTHORITY))
        pinned = _line(folder / FINGERPRINT)
        signed = read_document(Signed, folder / MANIFEST)
        self.election: Election = open_manifest(signed, authority, systems, checks, pinned)

    @classmethod
    def create(
        cls,
        folder: Path,
        manifest: bytes,
        authority_key: bytes,
        fingerprint: str | None = None,
        *,
        insecure_parameters: bool = False,
        systems: Mapping[str, Cryptosystem] = SYSTEMS,
        checks: CheckList = COMPLETE,
    ) -> Home:
        """Pin an election in a new folder, once K1, K2 and K4 hold.

        `manifest`: bytes of the signed manifest; `authority_key`: 32 bytes; `fingerprint`: 64 hex digits as
        announced, if known. `CheckFailed`; `SetupError` for a folder that is there and for toy parameters that
        nobody asked for; `EncodingError` for a manifest that is none.
        """
        election = open_manifest(decode(Signed, manifest), authority_key, systems, checks, fingerprint)
        require_secure(election.insecure, insecure_parameters)
        require_election(election, checks)
        try:
            folder.mkdir(mode=0o700, parents=True)
        except FileExistsError:
            raise SetupError(f"{folder} is there already; name another folder, or leave out --manifest") from None
        except OSError as error:
            raise SetupError(f"{folder} cannot be made ({error.strerror}); name another folder") from None
        (folder / JOURNALS).mkdir(mode=0o700)
        write_durably(folder / ".gitignore", b"*\n")
        write_durably(folder / AUTHORITY, to_base64url(authority_key).encode("ascii") + b"\n")
        write_durably(folder / FINGERPRINT, election.fingerprint.encode("ascii") + b"\n")
        write_durably(folder / MANIFEST, manifest)  # last: without it the folder is no home
        return cls(folder, systems=systems, checks=checks)

    @contextmanager
    def journal(self, voter: str) -> Iterator[Journal]:
        """The journal of `voter` (`PNOEE-…`), empty at first, whose changes are on disk as soon as they are made.

        Nobody else can change it meanwhile. `SetupError` if another process has it, for a damaged file, and at a
        change that the disk does not take.
        """
        path = self.path(voter, "json")
        with self._locked(path.with_suffix(".lock")):
            journal = self.look(voter)
            journal.keep = lambda changed: _write(path, write_journal(changed, voter))
            yield journal

    @contextmanager
    def _locked(self, path: Path) -> Iterator[None]:
        with ExitStack() as lock:
            try:
                lock.enter_context(held(path))
            except BlockingIOError:
                raise SetupError("another window is voting with this journal; finish there first") from None
            except OSError as error:
                raise SetupError(
                    f"{path.parent} cannot be used ({error.strerror}); put back a copy of this home"
                ) from None
            yield

    def look(self, voter: str) -> Journal:
        """The journal as it stands, to read only; `SetupError` if its file is damaged: it never seems empty."""
        path = self.path(voter, "json")
        data = read_if_present(path)
        if data is None:
            return Journal(self.election)
        try:
            return read_journal(data, voter, self.election)
        except EncodingError as error:
            raise SetupError(
                f"{path}: {error}. Put back a copy of this file; without it this client cannot tell whether the "
                "collector still holds your vote"
            ) from None

    def path(self, voter: str, kind: str) -> Path:
        """A file about one voter, whose name does not show the personal code."""
        name = hashlib.sha256(f"{self.election.fingerprint}/{voter}".encode()).hexdigest()
        return self.folder / JOURNALS / f"{name}.{kind}"


def _write(path: Path, data: bytes) -> None:
    try:
        write_durably(path, data)
    except OSError as error:
        raise SetupError(
            f"{path} cannot be written ({error.strerror}); make room, then run `valik vote` again: if a vote was "
            "posted, --retry posts the same one"
        ) from error


def _line(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").removesuffix("\n")
    except (OSError, UnicodeDecodeError):
        raise SetupError(f"{path} is missing or damaged; make a new home from the manifest") from None
