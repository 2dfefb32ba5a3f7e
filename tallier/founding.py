"""Founding an election: from what organisers decide and parties say of themselves to a signed manifest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from common.checks.catalogue import COMPLETE
from common.checks.draft import require_possible
from common.checks.manifest import open_manifest
from common.crypto.systems import SYSTEMS
from common.encoding.octets import from_base64url
from common.errors import SetupError
from common.messages.acts import Signed
from common.messages.draft import Draft
from common.messages.election import Election
from common.messages.introductions import CollectorIntroduction, EidIntroduction
from common.messages.manifest import Witness
from common.messages.roll import RollEntry
from tallier.authority import Authority, Services, make_manifest, make_roll, new_election_id
from tallier.ceremony import Ceremony


@dataclass(frozen=True, slots=True)
class Introductions:
    """What the services say of themselves; witnesses in the manifest's order."""

    collector: CollectorIntroduction
    witnesses: tuple[Witness, ...]
    eid: EidIntroduction

    def services(self, election_id: str) -> Services:
        """The same with raw keys, and with the name of this election's log."""
        return Services(
            origin=f"valik.invalid/{election_id}",
            log_key=from_base64url(self.collector.log_key),
            collector_address=self.collector.address,
            collector_key=from_base64url(self.collector.answers_key),
            witnesses=tuple((witness.name, from_base64url(witness.key)) for witness in self.witnesses),
            eid_roots=tuple(from_base64url(root) for root in self.eid.roots),
        )


@dataclass(frozen=True, slots=True)
class Founded:
    """A signed election."""

    manifest: Signed
    roll: Signed
    election: Election


def found_election(
    authority: Authority,
    draft: Draft,
    rows: Sequence[RollEntry],
    ceremony: Ceremony,
    parties: Introductions,
) -> Founded:
    """Make and sign manifest and roll, under a fresh election id. K1–K5 are run on them: `CheckFailed`.

    `SetupError` for a draft that is not possible, and for other numbers of parties than the draft's.
    """
    require_possible(draft)
    _require_numbers(draft, ceremony, parties)
    election_id = new_election_id()
    roll = make_roll(rows, election_id)
    manifest = make_manifest(draft, election_id, ceremony, parties.services(election_id), roll)
    signed, signed_roll = authority.sign(manifest), authority.sign(roll)
    election = open_manifest(signed, authority.public_key, SYSTEMS, COMPLETE)
    COMPLETE.run("K3", "key proof", ceremony.proof, election)
    COMPLETE.run("K4", "verification keys", election, None)
    COMPLETE.run("K5", "roll", signed_roll, election)
    return Founded(signed, signed_roll, election)


def _require_numbers(draft: Draft, ceremony: Ceremony, parties: Introductions) -> None:
    numbers = {
        "trustees": (draft.trustees, len(ceremony.trustees)),
        "threshold": (draft.threshold, ceremony.material.threshold),
        "witnesses": (draft.witnesses, len(parties.witnesses)),
    }
    for name, (due, given) in numbers.items():
        if due != given:
            raise SetupError(f"{name}: the draft has {due}, and {given} is given; correct one of them")
