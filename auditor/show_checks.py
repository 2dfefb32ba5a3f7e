"""What can be checked of one message by whoever has pinned the election."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.show import ballot_of
from common.checks.check import CheckList
from common.checks.setup import Pins
from common.encoding.octets import from_base64url
from common.encoding.times import from_rfc3339
from common.errors import RuleBroken
from common.log.note import Note
from common.messages.acts import Signed, verify_document
from common.messages.election import Election
from common.messages.manifest import Manifest
from common.messages.message import encode
from common.messages.receipt import Receipt, SignedLatest, verify_latest
from common.messages.result import SignedAnswer, verify_answer
from common.messages.roll import Roll
from common.messages.vote import RecordedVote, SignedBallot
from common.tally.candidate import Candidate, CastingFacts, Nameless, NamelessFacts
from common.tally.roll_history import RollHistory


def check_alone(message: object, election: Election, checks: CheckList) -> Iterator[str]:
    """Run what can be run on this message alone; what held, in words, as it is found.

    `CheckFailed`, `IdentityError` or `RuleBroken` at the first thing that does not hold.
    """
    if isinstance(message, Signed):
        yield from _act(message, election, checks)
    if isinstance(message, Note):
        checks.run("L3", "checkpoint", message.text, election)
        checks.run("L4", "checkpoint", message.text, election)
        yield "the log signed it (L3), and a quorum of witnesses (L4)"
    if isinstance(message, Receipt):
        checks.run("R2", "receipt", message, election)
        checks.run("R3", "receipt", message, election)
        yield "the entry is in the tree of the checkpoint (R2), which log and witnesses signed (R3)"
    if isinstance(message, SignedLatest):
        verify_latest(message, election.collector_key)
        _require_same(message.answer.fingerprint, election)
        yield "the collector signed it"
    if isinstance(message, SignedAnswer):
        yield _answer(message, election)
    yield from _vote(message, election, checks)
    ballot = ballot_of(message)
    if ballot is not None:
        facts = NamelessFacts(election)
        for check in ("C10", "C11"):
            checks.run(check, "ballot", Nameless((ballot,)), facts)
        yield "it belongs to this election, and its proofs hold: allowed choices, and nothing else (C10, C11)"
    elif hasattr(message, "fingerprint"):
        _require_same(str(message.fingerprint), election)
        yield "it names this election"


def _act(signed: Signed, election: Election, checks: CheckList) -> Iterator[str]:
    if isinstance(signed.body, Manifest):
        checks.run("K1", "manifest", signed, Pins(election.authority_key, election.fingerprint))
        yield "it is the manifest that was given, signed by the authority (K1)"
    elif isinstance(signed.body, Roll):
        checks.run("K5", "roll", signed, election)
        yield "it is the roll that the manifest names, signed by the authority (K5)"
    else:
        verify_document(signed, election.authority_key)
        _require_same(signed.body.fingerprint, election)
        yield "the authority signed it, for this election"


def _answer(signed: SignedAnswer, election: Election) -> str:
    trustees, number = election.manifest.trustees, signed.answer.trustee
    if number > len(trustees):
        raise RuleBroken(f"there is no trustee number {number}")
    verify_answer(signed, from_base64url(trustees[number - 1].signing_key))
    _require_same(signed.answer.fingerprint, election)
    return f"{trustees[number - 1].name} signed it"


def _vote(message: object, election: Election, checks: CheckList) -> Iterator[str]:
    if isinstance(message, RecordedVote):
        vote = Candidate.of(message)
    elif isinstance(message, SignedBallot):
        vote = Candidate(encode(message))
    else:
        return
    time = from_rfc3339(vote.statement.time)
    facts = CastingFacts(election, time, RollHistory({}, 0, ""), None, election.closes)
    for check in ("C3", "C5", "C8"):
        checks.run(check, "vote", vote, facts)
    yield "signed with a card that this election accepts, over this ballot (C3, C5, C8)"


def _require_same(named: str, election: Election) -> None:
    if named != election.fingerprint:
        raise RuleBroken("it names another election than the manifest that was given")
