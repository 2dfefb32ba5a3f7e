"""The authority's other signed acts: orders, extensions, abandonment, revocations, exclusions (spec 8.3)."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import Field

from common.eid import service_keys
from common.encoding.hashing import tagged_hex
from common.messages.manifest import Manifest
from common.messages.message import Base64, Count, Digest, Text, Time, VoterId, encode, message
from common.messages.roll import ChangeSet, Roll


@message
class Order:
    """`close` or `final`: the log has exactly `tree_size` entries before the entry of this order."""

    format: Literal["valik/v1/order"]
    fingerprint: Digest
    kind: Literal["close", "final"]
    tree_size: Count


@message
class Extension:
    """Voting ends at `closes`, later than the end that stood before."""

    format: Literal["valik/v1/extension"]
    fingerprint: Digest
    closes: Time
    reason: Text


@message
class Abandonment:
    """Nothing is counted, ever: the log has exactly `tree_size` entries before this one, and none after it."""

    format: Literal["valik/v1/abandonment"]
    fingerprint: Digest
    tree_size: Count
    reason: Text


PhaseAct: TypeAlias = Order | Extension | Abandonment
"""What says when voting and counting end. Everyone checks these (L5, L6), so they are in the public record."""


@message
class Revocation:
    """These voters' electronic votes do not count (they voted on paper): takes each one's head at `final`."""

    format: Literal["valik/v1/revocation"]
    fingerprint: Digest
    voters: Annotated[tuple[VoterId, ...], Field(min_length=1)]
    reason: Text


@message
class Exclusion:
    """The vote at log entry `index` is left out because `check` fails on it."""

    format: Literal["valik/v1/exclusion"]
    fingerprint: Digest
    index: Count
    check: Annotated[str, Field(pattern=r"^[A-Z][0-9]{1,2}$")]
    reason: Text


AuthorityDocument = Annotated[
    Manifest | Roll | ChangeSet | Order | Extension | Abandonment | Revocation | Exclusion,
    Field(discriminator="format"),
]


@message
class Signed:
    """An authority document and the Ed25519 signature over its framed canonical bytes."""

    body: AuthorityDocument
    signature: Base64


def sign_document(document: AuthorityDocument, authority: Ed25519PrivateKey) -> Signed:
    return Signed(document, service_keys.sign(authority, "authority", encode(document)))


def verify_document(signed: Signed, authority_key: bytes) -> None:
    """Raise `IdentityError` unless the authority with this 32-byte public key signed the document."""
    service_keys.verify(authority_key, signed.signature, "authority", encode(signed.body))


def signed_digest(signed: Signed) -> str:
    """What the log holds for an act."""
    return tagged_hex("signed-act", encode(signed))


def roll_digest(document: Roll | ChangeSet) -> str:
    """What the manifest holds for the roll, and each change set for its predecessor."""
    return tagged_hex("roll", encode(document))
