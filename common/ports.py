"""What each party offers the others.

A port is synchronous and typed in messages. In memory it is the party itself, over a network a client of it; nobody
can tell the difference. Signed ballots travel as the bytes that were signed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from common.crypto.cryptosystem import KeyMaterial, KeyProof, Share
from common.errors import LogError, ServiceRefused
from common.log.checkpoint import Checkpoint
from common.log.tiles import Tile
from common.messages.acts import Signed
from common.messages.manifest import Trustee
from common.messages.receipt import Notice, Receipt, SessionView, SignedLatest, VerificationAnswer
from common.messages.result import Aggregates, SignedAnswer
from common.tally.evidence import Evidence


class Unavailable(ServiceRefused):
    """Out of service, out of reach, or without a quorum: the same request may be repeated later."""


class NotFound(ServiceRefused):
    """What was asked for is not there, or no longer shown."""


class NotAuthenticated(ServiceRefused):
    """No session, or one that is unknown or expired."""


class CheckpointUnsigned(LogError):
    """To a witness: a checkpoint without a valid signature of the log it names."""


class Rollback(LogError):
    """To a witness: a checkpoint smaller than the old size that came with it."""


class Fork(LogError):
    """To a witness: a checkpoint that is not shown to extend the head it holds."""


class TwoTrees(Fork):
    """To a witness: a checkpoint of the size of the head it holds, with another root."""


class WitnessConflict(ServiceRefused):
    """The old size given is not that of the head this witness holds; a log retries from `known_size`."""

    def __init__(self, known_size: int) -> None:
        super().__init__(f"the witness knows this log at size {known_size}")
        self.known_size = known_size


class Lapsed(ServiceRefused):
    """It was logged, but the witnesses saw it too late: a vote without a receipt, to be excluded, or an extension."""


PeerNotes: TypeAlias = Callable[[str, str | None], None]
"""Told how a party's peers do: the peer, and what is wrong with it, None if it answered as it should.

Called from whichever thread met the peer, with words of this program alone: nothing that the peer said.
"""


def unnoted(_peer: str, _trouble: str | None) -> None:
    """Nobody takes notes."""


class OcspResponder(Protocol):
    """The eID authority's certificate status service (RFC 6960)."""

    def respond(self, request: bytes) -> bytes:
        """DER response to a DER request; `ServiceRefused` if it is out of service."""


class WitnessPort(Protocol):
    """C2SP tlog-witness."""

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], note: str) -> str:
        """A cosignature line; `WitnessConflict`, `LogError` or `ServiceRefused` otherwise.

        `LogError` is `CheckpointUnsigned`, `Rollback`, `Fork` or `TwoTrees` where one of them says it.
        """


class VotingPort(Protocol):
    """The collector, to voters. Each refusal leaves everything as it was."""

    def challenge(self) -> str:
        """A fresh nonce for one authentication token."""

    def open_session(self, nonce: str, token: str) -> SessionView:
        """Authenticate with a Web eID token over that nonce; what the voter must know in order to vote."""

    def refresh(self, session: str) -> SessionView:
        """The same view as it stands now: time and earlier vote, fetched just before signing."""

    def cast(self, session: str, signed_ballot: bytes) -> Receipt:
        """Record a vote. A retry with the same bytes returns the same receipt, or completes it."""


class VerificationPort(Protocol):
    """The collector, to verifying devices and to clients checking again later."""

    def lookup(self, vote_id: str) -> VerificationAnswer:
        """The vote with its receipt; an id unknown or past its limits is `ServiceRefused`, all alike."""

    def latest(self, vote_id: str) -> SignedLatest:
        """Whether this vote is its voter's latest; does not count against the verification limit."""


class NoticesPort(Protocol):
    """The collector, to voters who want to know of every vote recorded under their own name."""

    def subscribe(self, session: str) -> str:
        """A secret that stands for the authenticated voter here and nowhere else, for the whole election."""

    def notices(self, subscription: str, after: int) -> tuple[Notice, ...]:
        """The voter's recorded votes with numbers above `after`, the oldest first, at most 100 at once.

        `NotAuthenticated` if the subscription is unknown, or was pushed out by newer ones.
        """


class LogPort(Protocol):
    """The collector's log, to everyone."""

    def checkpoint(self) -> str:
        """The newest checkpoint that a quorum of witnesses cosigned."""

    def consistency(self, older: Checkpoint, newer: Checkpoint) -> tuple[bytes, ...]:
        """A consistency proof between two sizes of the tree."""


class TilesPort(Protocol):
    """The collector's log as static files (C2SP tlog-tiles), to everyone."""

    def tile(self, tile: Tile) -> bytes:
        """A hash tile or bundle of entries below the newest witnessed checkpoint; `NotFound` beyond it."""


class BoxPort(Protocol):
    """The collector, to the authority, the processor and the trustees."""

    def submit_act(self, signed: Signed) -> int:
        """Log a change of the roll, revocation, exclusion, order, extension or abandonment; its log index.

        `Lapsed` for an extension that the witnesses saw too late to move the end of voting.
        """

    def evidence(self) -> Evidence:
        """The whole box and log; `ServiceRefused` before the log is closed or the election abandoned."""


class CollectorPort(VotingPort, VerificationPort, NoticesPort, LogPort, TilesPort, BoxPort, Protocol):
    """All the doors of a collector."""


class TrusteePort(Protocol):
    """One trustee."""

    def identity(self) -> Trustee:
        """Name and public keys, which go into the manifest."""

    def receive_share(self, sealed: bytes, material: KeyMaterial, trustees: tuple[Trustee, ...]) -> None:
        """Take the dealer's sealed share, once; `CryptoError` if it does not match its verification key."""

    def rehearse(self) -> tuple[Share, ...]:
        """Shares for the rehearsal's values, which the trustee derives itself; the same ones if asked again."""

    def answer(self, manifest: Signed, key_proof: KeyProof, evidence: Evidence, claimed: Aggregates) -> SignedAnswer:
        """Repeat every check, recompute the aggregates, compare, and give the shares: for one final tree, ever."""
