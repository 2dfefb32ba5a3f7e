"""The authority's acts: what the collector accepts into the log besides votes, and when."""

from __future__ import annotations

from collections.abc import Mapping

from collector.ledger import Ledger
from common.checks.box import require_act
from common.checks.log import require_extension, require_order
from common.checks.setup import require_change
from common.errors import RuleBroken, ServiceRefused
from common.log.entries import EntryKind
from common.messages.acts import Abandonment, Exclusion, Extension, PhaseAct, Revocation, Signed
from common.messages.election import Election
from common.messages.roll import ChangeSet
from common.ports import Unavailable

_KINDS: Mapping[type, EntryKind] = {
    ChangeSet: EntryKind.ROLL_CHANGE,
    Revocation: EntryKind.REVOCATION,
    Exclusion: EntryKind.EXCLUSION,
}


def require_acceptable(signed: Signed, election: Election, ledger: Ledger, size: int, now: int) -> EntryKind:
    """The kind of log entry this act becomes at tree size `size`.

    `IdentityError` for a wrong signature, `RuleBroken` for a wrong act, `ServiceRefused` in the wrong phase.
    """
    if ledger.final or ledger.abandoned:
        last = "the election is abandoned" if ledger.abandoned else "the log is final already"
        raise ServiceRefused(f"{last}; nothing can follow")
    body = signed.body
    if isinstance(body, PhaseAct):
        return _require_phase_act(signed, body, election, ledger, size, now)
    if type(body) not in _KINDS:
        raise RuleBroken("the log does not take such a document")
    if isinstance(body, ChangeSet):
        history = ledger.roll.apply(require_change(signed, election))
        if history.ever > election.manifest.max_ballots:
            raise RuleBroken("more voters than max_ballots would have been on the roll")
    else:
        require_act(signed, election)
    if isinstance(body, Exclusion) and (body.index not in ledger.votes or body.index in ledger.excluded):
        raise RuleBroken(f"log entry {body.index} is no vote, or excluded before")
    return _KINDS[type(body)]


def _require_phase_act(
    signed: Signed, body: PhaseAct, election: Election, ledger: Ledger, size: int, now: int
) -> EntryKind:
    """An extension while voting is open, `close` after its end, then `final`; abandonment at any time before."""
    if isinstance(body, Extension):
        require_extension(signed, ledger.named_end, election)
        if ledger.closed or now > ledger.end.latest:
            raise ServiceRefused("voting has ended, and cannot be opened again")
        return EntryKind.EXTENSION
    kind = EntryKind.ABANDONMENT if isinstance(body, Abandonment) else EntryKind(body.kind)
    require_order(signed, kind, size, election)
    if kind is EntryKind.CLOSE and ledger.closed:
        raise ServiceRefused("the log is closed already; final comes next")
    if kind is EntryKind.FINAL and not ledger.closed:
        raise ServiceRefused("the log is not closed yet; close comes first, then final")
    if kind is EntryKind.CLOSE and now < ledger.end.latest:
        raise ServiceRefused("voting is still open")
    if kind is EntryKind.CLOSE and ledger.awaits_witnesses:
        raise Unavailable("an extension waits for the witnesses; submit it again first")
    return kind
