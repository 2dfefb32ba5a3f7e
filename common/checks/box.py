"""B1–B7: the ballot box is exactly what the log says, everything in it is valid, and every vote has one fate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from common.checks.casting import IN_THE_BOX, advances_chain
from common.checks.check import Runner
from common.errors import CheckFailed, Party, RuleBroken
from common.messages.acts import Exclusion, Revocation, Signed, signed_digest, verify_document
from common.messages.ballot import Ballot
from common.messages.election import Election
from common.messages.result import Accounting, AccountingSets, SetTotal, commitment
from common.tally.candidate import Batch
from common.tally.evidence import Evidence, PublicLog
from common.tally.record import nameless
from common.tally.replay import Fates, LoggedVote, Replay, exclusions


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A replay with the check each vote failed, by log index; votes that pass are not listed."""

    replay: Replay
    failures: Mapping[int, CheckFailed]


@dataclass(frozen=True, slots=True)
class PublicActs:
    """What the public record has of B5's acts: the log, and the exclusions."""

    log: PublicLog
    acts: tuple[Signed, ...]

    def acts_by_digest(self) -> dict[str, Signed]:
        """The acts, by what the log holds for them."""
        return {signed_digest(act): act for act in self.acts}


@dataclass(frozen=True, slots=True)
class Accounts:
    """What the processor published, to be held against a replay. `ballots`: nameless, None if not published."""

    totals: Accounting
    sets: AccountingSets
    ballots: tuple[Ballot, ...] | None = None


def b1_logged_votes_present(evidence: Evidence, _context: None) -> None:
    box = set(evidence.digests)
    for index in evidence.log.positions("vote"):
        if evidence.log.entries[index].digest not in box:
            raise RuleBroken(f"the vote of log entry {index} is not in the ballot box")


def b2_box_logged_once(evidence: Evidence, _context: None) -> None:
    logged = Counter(evidence.log.entries[index].digest for index in evidence.log.positions("vote"))
    box = Counter(evidence.digests)
    if any(logged[digest] != 1 or copies != 1 for digest, copies in box.items()):
        raise RuleBroken("a vote in the ballot box is not logged exactly once")
    if any(copies != 1 for copies in logged.values()):
        raise RuleBroken("a vote is logged twice")


def b3_votes_valid(reviewed: Reviewed, _context: None) -> None:
    """Every vote that is not excluded passes C1–C5 and C7–C11; names the first that does not."""
    for index, failure in sorted(reviewed.failures.items()):
        if reviewed.replay.votes[index].excluded is None:
            raise RuleBroken(f"the vote of log entry {index} fails {failure.check}: {failure.reason}") from failure


def b4_chains_unbroken(replay: Replay, _context: None) -> None:
    """For each voter the advancing votes are numbered 1, 2, … and each names its predecessor."""
    last: dict[str, LoggedVote] = {}
    for index in sorted(replay.votes):
        vote = replay.votes[index]
        if vote.excluded is not None and not advances_chain(vote.candidate, vote.facts):
            continue
        before = last.get(vote.voter)
        statement = vote.candidate.statement
        due = before.candidate.statement.sequence + 1 if before else 1
        if statement.sequence != due or statement.supersedes != (before.candidate.digest if before else None):
            raise RuleBroken(f"the vote of log entry {index} breaks its voter's chain")
        last[vote.voter] = vote


def b5_acts_in_order(evidence: Evidence | PublicActs, context: tuple[Election, Reviewed | None]) -> None:
    """The acts are there, signed, and logged once each. Once votes are reviewed: what is excluded indeed fails.

    Of a public record the exclusions alone: they exempt votes from L5, so everyone must see who signed them.
    """
    election, reviewed = context
    kinds: dict[str, type[Revocation] | type[Exclusion]] = {"revocation": Revocation, "exclusion": Exclusion}
    if isinstance(evidence, PublicActs):
        del kinds["revocation"]
    acts = evidence.acts_by_digest()
    logged: Counter[str] = Counter()
    for index, entry in enumerate(evidence.log.entries):
        if entry.kind not in kinds:
            continue
        signed = acts.get(entry.digest)
        if signed is None or not isinstance(signed.body, kinds[entry.kind]):
            raise RuleBroken(f"the {entry.kind} of log entry {index} is missing")
        require_act(signed, election)
        logged[entry.digest] += 1
        if isinstance(signed.body, Exclusion) and reviewed is not None:
            _require_failing(signed.body, reviewed)
    for digest, act in acts.items():
        if isinstance(act.body, Revocation | Exclusion) and logged[digest] != 1:
            raise RuleBroken("a revocation or exclusion is not logged exactly once")
    exclusions(evidence.log.entries, {digest: act.body for digest, act in acts.items()})


def _require_failing(act: Exclusion, reviewed: Reviewed) -> None:
    failure = reviewed.failures.get(act.index)
    if failure is None or failure.check != act.check:
        raise RuleBroken(f"log entry {act.index} is excluded for {act.check}, which it does not fail")


def require_act(signed: Signed, election: Election) -> None:
    """Raise unless this is a revocation or exclusion that the authority signed for this election."""
    body = signed.body
    if not isinstance(body, Revocation | Exclusion):
        raise RuleBroken("the signed document is not a revocation or exclusion")
    verify_document(signed, election.authority_key)
    if body.fingerprint != election.fingerprint:
        raise RuleBroken("the act is another election's")


def b6_every_vote_has_one_fate(accounts: Accounts, replay: Replay) -> None:
    due = fate_sets(replay)
    found = {chosen.name: chosen.votes for chosen in accounts.sets.sets}
    if found != due:
        raise RuleBroken("the published sets are not those that the log and the box determine")
    parts = [index for name in due if name != "accepted" for index in due[name]]
    if sorted(parts) != sorted(due["accepted"]):
        raise RuleBroken("superseded, excluded, revoked and counted votes are not together all logged votes")
    if accounts.totals.sets != tuple(SetTotal(s.name, len(s.votes), commitment(s)) for s in accounts.sets.sets):
        raise RuleBroken("the published totals or commitments do not belong to the sets")
    counted = nameless(vote.candidate.ballot for vote in replay.counted())
    if accounts.ballots is not None and accounts.ballots != counted:
        raise RuleBroken("the published ballots are not those of the counted votes")


def b7_counted_are_heads(fates: Fates, replay: Replay) -> None:
    heads = {head.index for head in replay.heads.values()}
    if set(fates.counted) != heads - set(fates.revoked) - set(fates.excluded):
        raise RuleBroken("the counted votes are not the heads of the chains less revoked and excluded ones")


def published_fates(sets: AccountingSets) -> Fates:
    """The fates that the processor claims; a set that is not there is empty."""
    found = {chosen.name: chosen.votes for chosen in sets.sets}
    return Fates(
        found.get("superseded", ()), found.get("excluded", ()), found.get("revoked", ()), found.get("counted", ())
    )


def fate_sets(replay: Replay) -> dict[str, tuple[int, ...]]:
    """Set name → log indices, in the order in which they are published."""
    fates = replay.fates
    return {
        "accepted": tuple(sorted(replay.votes)),
        "superseded": fates.superseded,
        "excluded": fates.excluded,
        "revoked": fates.revoked,
        "counted": fates.counted,
    }


def review(replayed: Replay, checks: Runner) -> Reviewed:
    """B3's work: run C1–C5 and C7–C10 on each vote with its facts, then C11 on all that pass, as one batch.

    An excluded vote meets the check that its exclusion names first; one that only C11 stops must pass the others.
    """
    failures: dict[int, CheckFailed] = {}
    for vote in replayed.votes.values():
        try:
            for check in sorted(IN_THE_BOX, key=lambda check: check != vote.excluded):
                checks.run(check, f"log entry {vote.index}", vote.candidate, vote.facts, Party.COLLECTOR)
        except CheckFailed as failure:
            failures[vote.index] = failure
    sound = [vote for index, vote in sorted(replayed.votes.items()) if index not in failures]
    for index in _bad_proofs(sound, checks):
        failures[index] = CheckFailed(
            "C11", Party.COLLECTOR, f"log entry {index}", "a membership proof does not hold"
        )
    return Reviewed(replayed, failures)


def _bad_proofs(votes: list[LoggedVote], checks: Runner) -> set[int]:
    """Log indices of the votes whose proofs do not hold: none if the whole batch verifies, else by bisection."""
    if not votes:
        return set()
    election = votes[0].facts.election
    try:
        checks.run("C11", "all votes", Batch(tuple(vote.candidate for vote in votes)), votes[0].facts)
    except CheckFailed:
        owners = [vote.index for vote in votes for _ in vote.candidate.ballot.contests]
        contests = Batch(tuple(vote.candidate for vote in votes)).contests(election)
        return {owners[position] for position in election.key.find_invalid(contests)}
    return set()
