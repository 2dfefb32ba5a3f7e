"""The election authority: makes and signs the manifest, the roll, and every later act."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.checks.setup import key_proof_digest
from common.eid.service_keys import public_raw
from common.encoding.octets import to_base64url
from common.messages.acts import (
    Abandonment,
    AuthorityDocument,
    Exclusion,
    Extension,
    Order,
    Revocation,
    Signed,
    roll_digest,
    sign_document,
)
from common.messages.draft import Draft
from common.messages.election import Election
from common.messages.manifest import Collector, Log, Manifest, Witness, Witnesses
from common.messages.roll import ChangeSet, Roll, RollChange, RollEntry
from tallier.ceremony import Ceremony


@dataclass(frozen=True, slots=True)
class Services:
    """Who serves the election: log origin and key, collector address and key, witnesses (name, key), eID roots (DER).

    All keys are raw Ed25519 public keys of 32 bytes.
    """

    origin: str
    log_key: bytes
    collector_address: str
    collector_key: bytes
    witnesses: tuple[tuple[str, bytes], ...]
    eid_roots: tuple[bytes, ...]


def make_roll(rows: Sequence[RollEntry], election_id: str) -> Roll:
    """Version 0 of the roll, sorted by voter id."""
    return Roll("valik/v1/roll", election_id, tuple(sorted(rows, key=lambda row: row.voter)))


def new_election_id() -> str:
    """16 random bytes in hex; roll and log origin carry it."""
    return secrets.token_bytes(16).hex()


def make_manifest(draft: Draft, election_id: str, ceremony: Ceremony, services: Services, roll: Roll) -> Manifest:
    """Everything the election is, ready to be signed."""
    return Manifest(
        format="valik/v1/manifest",
        election_id=election_id,
        title=draft.title,
        times=draft.times,
        contests=draft.contests,
        units=draft.units,
        max_ballots=draft.max_ballots,
        parameters=draft.parameters,
        key=ceremony.material,
        key_proof=key_proof_digest(ceremony.proof),
        trustees=ceremony.trustees,
        log=Log(services.origin, to_base64url(services.log_key)),
        witnesses=Witnesses(
            draft.quorum,
            draft.hostile,
            tuple(Witness(name, to_base64url(key)) for name, key in services.witnesses),
        ),
        collector=Collector(services.collector_address, to_base64url(services.collector_key)),
        eid_roots=tuple(to_base64url(root) for root in services.eid_roots),
        roll=roll_digest(roll),
        policies=draft.policies,
    )


class Authority:
    """Signs, and remembers the newest version of the roll."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @property
    def public_key(self) -> bytes:
        """32 bytes: what everyone pins."""
        return public_raw(self._key)

    def sign(self, document: AuthorityDocument) -> Signed:
        return sign_document(document, self._key)

    def change_roll(self, election: Election, latest: Roll | ChangeSet, changes: Sequence[RollChange]) -> Signed:
        """The next change set after `latest`."""
        number = latest.number + 1 if isinstance(latest, ChangeSet) else 1
        return self.sign(
            ChangeSet("valik/v1/roll-change", election.fingerprint, number, roll_digest(latest), tuple(changes))
        )

    def revoke(self, election: Election, voters: Sequence[str], reason: str) -> Signed:
        """These voters voted on paper."""
        return self.sign(Revocation("valik/v1/revocation", election.fingerprint, tuple(sorted(voters)), reason))

    def exclude(self, election: Election, index: int, check: str, reason: str) -> Signed:
        """Leave out the vote of a log entry, because this check fails on it."""
        return self.sign(Exclusion("valik/v1/exclusion", election.fingerprint, index, check, reason))

    def order(self, election: Election, kind: str, tree_size: int) -> Signed:
        """`close` or `final`, for the log entry at index `tree_size`."""
        if kind == "close":
            return self.sign(Order("valik/v1/order", election.fingerprint, "close", tree_size))
        return self.sign(Order("valik/v1/order", election.fingerprint, "final", tree_size))

    def extend(self, election: Election, closes: str, reason: str) -> Signed:
        """Voting goes on until `closes` (RFC 3339). It has to be logged before voting ends."""
        return self.sign(Extension("valik/v1/extension", election.fingerprint, closes, reason))

    def abandon(self, election: Election, tree_size: int, reason: str) -> Signed:
        """Nothing is counted, ever; for the log entry at index `tree_size`."""
        return self.sign(Abandonment("valik/v1/abandonment", election.fingerprint, tree_size, reason))
