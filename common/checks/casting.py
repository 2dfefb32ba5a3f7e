"""C1–C12: what must hold of a vote before it is recorded, and again whenever the log is replayed."""

from __future__ import annotations

from common.eid import ocsp, signing
from common.encoding.octets import from_hex
from common.encoding.times import from_rfc3339
from common.errors import RuleBroken, ValikError
from common.messages.ballot import ballot_digest, pseudonym
from common.tally.candidate import Batch, Candidate, CastingFacts, Nameless, NamelessFacts

AT_INTAKE = ("C1", "C2", "C6", "C12", "C7", "C8", "C9", "C3", "C5", "C10", "C11")
"""In the collector's order: cheap ones first, and C6 before all that looks at the session's voter: roll, head, rate.
C4 follows, once the OCSP responder has answered."""
IN_THE_BOX = ("C1", "C2", "C3", "C4", "C5", "C7", "C8", "C9", "C10")
"""Repeated vote by vote at every replay; C11 then runs on all of them as one batch."""


def c1_size_and_form(vote: Candidate, facts: CastingFacts) -> None:
    limit = facts.election.manifest.policies.vote_bytes
    if len(vote.raw) > limit:
        raise RuleBroken(f"a vote of {len(vote.raw)} bytes, over the limit of {limit}")
    _ = vote.vote, vote.statement


def c2_election_and_time(vote: Candidate, facts: CastingFacts) -> None:
    election, times = facts.election, facts.election.manifest.times
    if vote.ballot.fingerprint != election.fingerprint or vote.statement.fingerprint != election.fingerprint:
        raise RuleBroken("the vote is for another election")
    stated = from_rfc3339(vote.statement.time)
    if not election.opens <= stated <= facts.closes:
        raise RuleBroken("the vote was signed outside the voting period")
    if not election.opens - times.skew <= facts.time <= facts.closes + times.grace - facts.margin:
        raise RuleBroken("the vote was recorded outside the voting period")
    if facts.time - stated < -times.skew:
        raise RuleBroken(f"the vote was signed {stated - facts.time} s ahead of its recording: a clock is ahead")
    if facts.time - stated > times.max_age + times.skew - facts.margin:
        raise RuleBroken(f"{facts.time - stated} s between signing and recording; {times.max_age} s are allowed")


def c3_certificate(vote: Candidate, facts: CastingFacts) -> None:
    vote.signer(facts.time, facts.election)


def c4_status(vote: Candidate, facts: CastingFacts) -> None:
    if vote.ocsp is None:
        raise RuleBroken("there is no OCSP response for this vote")
    times, signer = facts.election.manifest.times, vote.signer(facts.time, facts.election)
    ocsp.verify_response(
        vote.ocsp,
        signer.certificate,
        signer.issuer,
        signing.ocsp_nonce(vote.signature),
        facts.time,
        times.ocsp_freshness - facts.margin,
        facts.election.anchors,
        skew=times.skew,
    )


def c5_signature(vote: Candidate, facts: CastingFacts) -> None:
    signer = vote.signer(facts.time, facts.election)
    signing.verify(vote.signature, signer.public_key)
    if signer.voter_id != vote.statement.voter:
        raise RuleBroken("the statement names another voter than its signer")
    if vote.signature.issued_at != from_rfc3339(vote.statement.time):
        raise RuleBroken("the signature's header and the statement name different times")


def c6_authenticated(vote: Candidate, facts: CastingFacts) -> None:
    if facts.authenticated != vote.statement.voter:
        raise RuleBroken("the signer is not who authenticated")


def c7_on_the_roll(vote: Candidate, facts: CastingFacts) -> None:
    statement, ballot = vote.statement, vote.ballot
    row = facts.roll.row(statement.voter, facts.roll.version)
    if row is None:
        raise RuleBroken("the voter is not on the roll")
    if statement.roll_version > facts.roll.version:
        raise RuleBroken(f"the vote names a roll version that does not exist; the newest is {facts.roll.version}")
    if not facts.roll.unchanged_since(statement.voter, statement.roll_version):
        raise RuleBroken("the voter's row changed since the roll version that the vote names; sign anew")
    if ballot.unit != row.unit:
        raise RuleBroken("the ballot is of another unit than the voter")
    if tuple(part.contest for part in ballot.contests) != facts.election.unit(row.unit).contests:
        raise RuleBroken("the ballot does not have exactly its unit's contests, in order")


def c8_ballot_is_the_signers(vote: Candidate, facts: CastingFacts) -> None:
    statement = vote.statement
    if ballot_digest(vote.ballot) != statement.ballot:
        raise RuleBroken("the statement names another ballot")
    opened = pseudonym(facts.election.fingerprint, statement.voter, from_hex(statement.salt, 32))
    if vote.ballot.pseudonym != opened:
        raise RuleBroken("the ballot's pseudonym does not open to the signer")


def c9_continues_chain(vote: Candidate, facts: CastingFacts) -> None:
    due = facts.head.sequence + 1 if facts.head else 1
    previous = facts.head.digest if facts.head else None
    if vote.statement.sequence != due:
        raise RuleBroken(f"the vote does not continue the voter's chain: number {due} is due")
    if vote.statement.supersedes != previous:
        known = f"number {due - 1}, but names another vote than that" if facts.head else "no vote, but names one"
        raise RuleBroken(f"the vote does not continue the voter's chain: it follows {known}")


def c10_elements(vote: Candidate | Nameless, facts: CastingFacts | NamelessFacts) -> None:
    facts.election.key.require_elements(vote.contests(facts.election))


def c11_proofs(vote: Candidate | Batch | Nameless, facts: CastingFacts | NamelessFacts) -> None:
    facts.election.key.verify_batch(vote.contests(facts.election))


def c12_rate(vote: Candidate, facts: CastingFacts) -> None:
    limit = facts.election.manifest.policies.votes_per_hour
    if facts.recent >= limit:
        raise RuleBroken(f"{facts.recent} votes of this voter within the hour; {limit} are allowed")


def advances_chain(vote: Candidate, facts: CastingFacts) -> bool:
    """Whether an excluded vote still advances its voter's chain: C3, C5 and C9 hold (spec 11.3)."""
    try:
        for rule in (c3_certificate, c5_signature, c9_continues_chain):
            rule(vote, facts)
    except ValikError:
        return False
    return True
