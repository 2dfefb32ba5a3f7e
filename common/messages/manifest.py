"""The manifest: everything an election is, signed by the authority and pinned by its fingerprint (spec 8.1)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from common.crypto.contest import ContestRules
from common.crypto.cryptosystem import KeyMaterial
from common.encoding.hashing import tagged_hex
from common.messages.message import (
    Base64,
    Count,
    Digest,
    Name,
    Positive,
    Seconds,
    Text,
    Time,
    encode,
    message,
)


@message
class Times:
    """Voting runs from `opens` to `closes`; the rest are seconds.

    `grace`: how much later than `closes` the covering time of a vote may be. `max_age`: from the statement's time to
    the covering time. `skew`: for every comparison of two parties' clocks. `intake_margin`: how much
    earlier than the deadlines the collector stops by its own clock. `ocsp_freshness`: age of an OCSP response.
    """

    opens: Time
    closes: Time
    grace: Seconds
    max_age: Seconds
    skew: Seconds
    intake_margin: Seconds
    ocsp_freshness: Seconds
    verification_window: Seconds


@message
class SingleContest:
    """Choose exactly one of the options; a blank vote is an option of its own."""

    kind: Literal["single"]
    id: Name
    title: Text
    options: Annotated[tuple[Text, ...], Field(min_length=2, max_length=1000)]

    def rules(self) -> ContestRules:
        return ContestRules(self.id, len(self.options), True, 1, 1, 1)


@message
class VectorContest:
    """Give each option 0..max_per_option, and all together min_total..max_total: approval, limited, score voting."""

    kind: Literal["vector"]
    id: Name
    title: Text
    options: Annotated[tuple[Text, ...], Field(min_length=2, max_length=1000)]
    max_per_option: Annotated[int, Field(ge=1, le=1000)]
    min_total: Count
    max_total: Positive

    def rules(self) -> ContestRules:
        return ContestRules(self.id, len(self.options), False, self.max_per_option, self.min_total, self.max_total)


Contest = Annotated[SingleContest | VectorContest, Field(discriminator="kind")]


@message
class Unit:
    """A counting unit. `parent` is null for the one root; `contests` in the order in which they are voted."""

    id: Name
    title: Text
    parent: Name | None
    contests: tuple[Name, ...]


@message
class Trustee:
    """`signing_key` Ed25519, `sealing_key` X25519 (for HPKE), each 32 bytes."""

    name: Name
    signing_key: Base64
    sealing_key: Base64


@message
class Witness:
    name: Text
    key: Base64


@message
class Log:
    origin: Text
    key: Base64


@message
class Witnesses:
    """`quorum` cosignatures are due; safe while at most `hostile` witnesses lie: 2·quorum > members + hostile."""

    quorum: Positive
    hostile: Count
    members: Annotated[tuple[Witness, ...], Field(min_length=1, max_length=32)]


@message
class Collector:
    """`address`: where voters and verifying devices reach it; no verification code ever carries an address."""

    address: Text
    key: Base64


@message
class Policies:
    """`publication`: "public" puts the nameless counted ballots into the public record, "auditors" does not.

    `vote_bytes` bounds a posted vote, `branches` the proof branches of one ballot, `votes_per_hour` one voter.
    """

    publication: Literal["public", "auditors"]
    minimum_aggregate: Positive
    verification_count: Positive
    votes_per_hour: Positive
    vote_bytes: Positive
    branches: Positive


@message
class Manifest:
    format: Literal["valik/v1/manifest"]
    election_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    title: Text
    times: Times
    contests: Annotated[tuple[Contest, ...], Field(min_length=1, max_length=100)]
    units: Annotated[tuple[Unit, ...], Field(min_length=1, max_length=1000)]
    max_ballots: Positive
    parameters: Name
    key: KeyMaterial
    key_proof: Digest
    trustees: Annotated[tuple[Trustee, ...], Field(min_length=2, max_length=32)]
    log: Log
    witnesses: Witnesses
    collector: Collector
    eid_roots: Annotated[tuple[Base64, ...], Field(min_length=1, max_length=8)]
    roll: Digest
    policies: Policies


def fingerprint(manifest: Manifest) -> str:
    """The election fingerprint: what voters, trustees and auditors pin."""
    return tagged_hex("manifest", encode(manifest))


def ceremony_id(key: KeyMaterial, trustees: tuple[Trustee, ...]) -> bytes:
    """32 bytes that name the key ceremony before there is a fingerprint; binds the rehearsal's share proofs."""
    return bytes.fromhex(
        tagged_hex(
            "ceremony",
            encode(key),
            [encode(trustee) for trustee in trustees],
        )
    )
