"""The election record, from what the processor holds at the end (spec chapter 13)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from common.crypto.cryptosystem import KeyProof
from common.messages.acts import Signed
from common.messages.ballot import Ballot
from common.messages.manifest import Manifest
from common.messages.result import Accounting, AccountingSets, Aggregates, Result, SignedAnswer
from common.tally.evidence import Evidence
from common.tally.record import PublicRecord, SwornRecord, nameless, write_public, write_sworn


@dataclass(frozen=True, slots=True)
class Published:
    """What goes into a record. `counted` gives the counted ballots, and is asked only if the election publishes them;
    `shares`: the answers that opened the result.
    """

    manifest: Signed
    key_proof: KeyProof
    evidence: Evidence
    counted: Callable[[], Sequence[Ballot]]
    aggregates: Aggregates
    accounting: Accounting
    sets: AccountingSets
    shares: tuple[SignedAnswer, ...]
    result: Result

    @property
    def ballots_are_public(self) -> bool:
        body = self.manifest.body
        return isinstance(body, Manifest) and body.policies.publication == "public"


def write_record(parts: Published) -> dict[str, bytes]:
    """The whole record, path → bytes."""
    acts = parts.evidence.acts
    public = PublicRecord(
        parts.manifest,
        parts.key_proof,
        parts.evidence.log.entries,
        parts.evidence.log.checkpoints,
        of_kind(acts, "order", "extension", "abandonment"),
        of_kind(acts, "exclusion"),
        parts.aggregates,
        parts.shares,
        parts.result,
        parts.accounting,
        nameless(parts.counted()) if parts.ballots_are_public else None,
    )
    sworn = SwornRecord(
        parts.evidence.roll,
        of_kind(acts, "roll-change"),
        of_kind(acts, "revocation"),
        parts.evidence.votes,
        parts.sets,
    )
    return write_public(public) | write_sworn(sworn, public)


def of_kind(acts: Sequence[Signed], *kinds: str) -> tuple[Signed, ...]:
    """The acts of these kinds, in log order."""
    return tuple(act for act in acts if act.body.format.removeprefix("valik/v1/") in kinds)
