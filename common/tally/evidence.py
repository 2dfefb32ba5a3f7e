"""The whole record before the tally: what processor, trustees and sworn auditors replay (spec 11.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from common.errors import LogError, RuleBroken
from common.log.covering import CoveringTimes
from common.log.entries import Entry
from common.log.merkle import MerkleTree
from common.log.witnessed import Witnessed, open_checkpoint
from common.messages.acts import Signed, signed_digest
from common.messages.election import Election
from common.messages.message import encode
from common.messages.vote import RecordedVote
from common.tally.candidate import Candidate


@dataclass(frozen=True, slots=True)
class PublicLog:
    """The log's entries and every checkpoint the record keeps (among them those of all receipts)."""

    entries: tuple[Entry, ...]
    checkpoints: tuple[str, ...]

    def tree(self) -> MerkleTree:
        """The Merkle tree over all entries."""
        tree = MerkleTree()
        for entry in self.entries:
            tree.append(encode(entry))
        return tree

    def covering_times(self, election: Election) -> CoveringTimes:
        """Covering times by the checkpoints that are cosigned well enough; `LogError` if one is not."""
        return CoveringTimes(self.witnessed(election), election.manifest.witnesses.quorum)

    def witnessed(self, election: Election) -> tuple[Witnessed, ...]:
        """The recorded checkpoints, parsed and verified."""
        return tuple(open_checkpoint(text, election.log_trust) for text in self.checkpoints)

    def positions(self, kind: str) -> Iterator[int]:
        """Indices of the entries of a kind, ascending."""
        return (index for index, entry in enumerate(self.entries) if entry.kind == kind)

    def position(self, kind: str) -> int:
        """Index of the first entry of a kind; `LogError` if there is none."""
        for index in self.positions(kind):
            return index
        raise LogError(f"the log has no {kind} entry")


@dataclass(frozen=True)
class Evidence:
    """Log, box, roll and the authority's acts. Votes and acts are found by the digest that the log holds."""

    log: PublicLog
    votes: tuple[RecordedVote, ...]
    roll: Signed
    acts: tuple[Signed, ...]

    @cached_property
    def digests(self) -> tuple[str, ...]:
        """What the log must hold for each vote in the box."""
        return tuple(candidate.digest for candidate in self._candidates)

    @cached_property
    def _candidates(self) -> tuple[Candidate, ...]:
        return tuple(Candidate.of(vote) for vote in self.votes)

    def candidates_by_digest(self) -> dict[str, Candidate]:
        """The box, its votes ready to be looked at; `RuleBroken` if it holds a vote twice (B2)."""
        found = dict(zip(self.digests, self._candidates, strict=True))
        if len(found) != len(self.votes):
            raise RuleBroken("the ballot box holds a vote twice")
        return found

    def acts_by_digest(self) -> dict[str, Signed]:
        """The acts, by what the log holds for them."""
        return {signed_digest(act): act for act in self.acts}
