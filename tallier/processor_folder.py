"""What the processor keeps between its steps: a folder of mode 0700, for it holds who voted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from common.checks.casting import advances_chain
from common.checks.catalogue import COMPLETE
from common.checks.manifest import open_manifest
from common.crypto.cryptosystem import KeyProof
from common.crypto.systems import SYSTEMS
from common.encoding.octets import to_base64url
from common.errors import SetupError
from common.messages.acts import Signed
from common.messages.ballot import Ballot
from common.messages.election import Election
from common.messages.message import encode
from common.messages.result import Accounting, AccountingSets, Aggregates, Result, SignedAnswer
from common.tally.evidence import Evidence
from common.tally.replay import replay
from common.transport.documents import read_authority, read_document, write_document
from common.transport.files import write_durably
from common.transport.key_files import new_folder, write_private
from tallier.process import Counted, Processed
from tallier.publish import Published, write_record

MANIFEST, KEY_PROOF, EVIDENCE, AUTHORITY = "manifest.json", "key-proof.json", "evidence.json", "authority.key"
AGGREGATES, ACCOUNTING, SETS = "aggregates.json", "accounting.json", "accounting-sets.json"
ANSWERS, USED, RESULT = "answers", "shares.json", "result.json"


class ProcessorFolder:
    """A folder made by `make`, in which everything has been checked; its owner alone can change it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        if not (folder / AGGREGATES).is_file():
            raise SetupError(f"{folder} was not made by `valik processor process`; give the folder that was")

    @classmethod
    def make(
        cls,
        folder: Path,
        manifest: Signed,
        key_proof: KeyProof,
        authority_key: bytes,
        evidence: Evidence,
        processed: Processed,
    ) -> ProcessorFolder:
        """Write a new folder; `SetupError` if it is there already."""
        documents = {
            MANIFEST: manifest,
            KEY_PROOF: key_proof,
            EVIDENCE: evidence,
            ACCOUNTING: processed.accounting,
            SETS: processed.sets,
            AGGREGATES: processed.aggregates,  # last: without it the folder is none
        }
        with new_folder(folder):
            (folder / ANSWERS).mkdir(mode=0o700)
            write_private(folder / AUTHORITY, to_base64url(authority_key).encode("ascii") + b"\n")
            for name, document in documents.items():
                write_document(folder / name, document, private=True)
        return cls(folder)

    @property
    def manifest(self) -> Signed:
        return read_document(Signed, self._folder / MANIFEST)

    @property
    def key_proof(self) -> KeyProof:
        return read_document(KeyProof, self._folder / KEY_PROOF)

    @property
    def evidence(self) -> Evidence:
        return read_document(Evidence, self._folder / EVIDENCE)

    @property
    def aggregates(self) -> Aggregates:
        return read_document(Aggregates, self._folder / AGGREGATES)

    def election(self) -> Election:
        """The election, its manifest checked again."""
        return open_manifest(self.manifest, read_authority(str(self._folder / AUTHORITY)), SYSTEMS, COMPLETE)

    # --- opening

    def answers(self) -> Iterator[SignedAnswer]:
        """Good answers that came in at earlier tries."""
        for file in sorted((self._folder / ANSWERS).glob("*.json")):
            yield read_document(SignedAnswer, file)

    def keep_answer(self, answer: SignedAnswer) -> None:
        """A good answer, for the next try if too few come in at this one."""
        write_durably(self._folder / ANSWERS / f"trustee-{answer.answer.trustee}.json", encode(answer))

    def require_unopened(self) -> None:
        """`SetupError` if there is a result."""
        if (self._folder / RESULT).exists():
            raise SetupError(f"{self._folder} holds the result already. Next: valik processor publish")

    def keep_result(self, counted: Counted) -> None:
        """The result, and the answers that opened it."""
        write_durably(self._folder / USED, encode(counted.used))
        write_document(self._folder / RESULT, counted.result)

    # --- the record

    def record(self) -> dict[str, bytes]:
        """The whole record, path → bytes; `SetupError` before the result is opened."""
        if not (self._folder / RESULT).is_file():
            raise SetupError(f"{self._folder} holds no result yet. Next: valik processor open")
        evidence, election = self.evidence, self.election()

        def counted() -> list[Ballot]:
            return [vote.candidate.ballot for vote in replay(election, evidence, advances_chain).counted()]

        return write_record(
            Published(
                self.manifest,
                self.key_proof,
                evidence,
                counted,
                self.aggregates,
                read_document(Accounting, self._folder / ACCOUNTING),
                read_document(AccountingSets, self._folder / SETS),
                read_document(tuple[SignedAnswer, ...], self._folder / USED),
                read_document(Result, self._folder / RESULT),
            )
        )
