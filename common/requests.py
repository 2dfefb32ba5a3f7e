"""What ports take and give that is no message of its own: bodies of requests and answers (spec 15.3).

None of them is ever signed or hashed. By hand, `ShareDelivery` and `RehearsalShares` travel as files (spec 8.9).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from common.crypto.cryptosystem import KeyMaterial, KeyProof, Share
from common.messages.acts import Signed
from common.messages.manifest import Trustee
from common.messages.message import Base64, Count, Digest, Text, VoteId, message
from common.messages.receipt import Notice
from common.messages.result import Aggregates
from common.tally.evidence import Evidence


@message
class ServiceState:
    """The service's own name for itself; `status`: "ok" from `/health`, "ready" from `/ready`."""

    service: Text
    status: Text


@message
class Nonce:
    nonce: Base64


@message
class Authentication:
    """A Web eID token over a nonce that the collector gave out; `token` is the token's JSON text."""

    nonce: Base64
    token: Annotated[str, Field(min_length=1, max_length=20_000)]


@message
class VoteReference:
    vote_id: VoteId


@message
class Subscription:
    """A bearer secret that stands for one voter; `subscription` is 32 random bytes in hex."""

    subscription: Base64


@message
class NoticesAsked:
    """`after`: number of the last vote that the subscriber knows of, 0 for none."""

    after: Count


@message
class Notices:
    notices: Annotated[tuple[Notice, ...], Field(max_length=100)]


@message
class Growth:
    """Bodies of two checkpoints (7.4), the smaller first."""

    older: Annotated[str, Field(min_length=1, max_length=1_000)]
    newer: Annotated[str, Field(min_length=1, max_length=1_000)]


@message
class Hashes:
    hashes: Annotated[tuple[Digest, ...], Field(max_length=64)]


@message
class LogIndex:
    index: Count


@message
class ShareDelivery:
    """The dealer's share, sealed to one trustee (5.3), with the public outcome of the ceremony so far."""

    sealed: Base64
    material: KeyMaterial
    trustees: Annotated[tuple[Trustee, ...], Field(max_length=32)]


@message
class RehearsalShares:
    shares: Annotated[tuple[Share, ...], Field(max_length=1_000)]


@message
class TallyRequest:
    """All that a trustee needs to repeat every check; `claimed` is what the processor computed."""

    manifest: Signed
    key_proof: KeyProof
    evidence: Evidence
    claimed: Aggregates
