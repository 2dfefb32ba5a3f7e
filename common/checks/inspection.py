"""What processor, trustees and sworn auditors all do with the whole record before they believe it (spec 11.2)."""

from __future__ import annotations

from dataclasses import dataclass

from common.checks.box import Reviewed, review
from common.checks.casting import advances_chain
from common.checks.check import CheckList
from common.checks.log import Consistency, Inclusion, OrderedLog, TimedLog
from common.log.checkpoint import Checkpoint
from common.log.merkle import EMPTY_ROOT
from common.log.witnessed import verify_log_signature
from common.messages.acts import Exclusion, PhaseAct, Signed, signed_digest
from common.messages.election import Election
from common.tally.evidence import Evidence, PublicLog
from common.tally.replay import Replay, replay


@dataclass(frozen=True, slots=True)
class Inspection:
    """A record whose K, L and B checks were run; `root` (hex) is that of the final tree, if there is one yet."""

    replay: Replay
    reviewed: Reviewed
    root: str


def inspect(election: Election, evidence: Evidence, checks: CheckList, *, finished: bool) -> Inspection:
    """K5, K6, all of L and B1–B5, B7; raises at the first failure.

    Before `final` (`finished` false) votes may fail C checks or come late: B3, B5 and the votes' part of L5 are left
    out, and `reviewed` says which votes have to be excluded.
    """
    checks.run("K5", "roll", evidence.roll, election)
    checks.run("K6", "roll changes", evidence, election)
    late = excluded_of(evidence.acts) if finished else frozenset(evidence.log.positions("vote"))
    inspect_log(election, evidence.log, orders_of(evidence.acts), late, checks, finished=finished)
    checks.run("B1", "ballot box", evidence, None)
    checks.run("B2", "ballot box", evidence, None)
    checks.run("B5", "revocations and exclusions", evidence, (election, None))
    replayed = replay(election, evidence, advances_chain)
    reviewed = review(replayed, checks)
    if finished:
        checks.run("B3", "ballot box", reviewed, None)
        checks.run("B4", "chains", replayed, None)
        checks.run("B5", "revocations and exclusions", evidence, (election, reviewed))
        checks.run("B7", "counted votes", replayed.fates, replayed)
    return Inspection(replayed, reviewed, evidence.log.tree().root(final_size(evidence.log)).hex())


def inspect_log(
    election: Election,
    log: PublicLog,
    orders: dict[str, Signed],
    excluded: frozenset[int],
    checks: CheckList,
    *,
    finished: bool,
) -> None:
    """L1–L6 on a public log; entries and older checkpoints are held against the newest recorded checkpoint."""
    for number, note in enumerate(log.checkpoints):
        checks.run("L3", f"checkpoint {number}", note, election)
        checks.run("L4", f"checkpoint {number}", note, election)
    tree = log.tree()
    heads = [verify_log_signature(note, election.log_trust) for note in log.checkpoints]
    newest = max(heads, key=lambda head: head.size, default=Checkpoint(election.manifest.log.origin, 0, EMPTY_ROOT))
    for number, older in enumerate(heads):
        grown = older.size <= newest.size <= tree.size
        proof = tree.consistency_proof(older.size, newest.size) if grown else ()
        checks.run("L2", f"checkpoint {number}", Consistency(older, newest, proof), None)
    for index, entry in enumerate(log.entries):
        proof = tree.inclusion_proof(index, newest.size) if index < newest.size <= tree.size else ()
        checks.run("L1", f"log entry {index}", Inclusion(entry, index, proof, newest), None)
    checks.run("L6", "log", OrderedLog(log, orders, finished), election)
    checks.run("L5", "log", TimedLog(log, orders, excluded), election)


def final_size(log: PublicLog) -> int:
    """Size of the final tree, which ends at the first `final`; of the whole tree before there is one."""
    return next((index + 1 for index in log.positions("final")), len(log.entries))


def orders_of(acts: tuple[Signed, ...]) -> dict[str, Signed]:
    """The acts that say when voting and counting end, by the digest that the log holds."""
    return {signed_digest(act): act for act in acts if isinstance(act.body, PhaseAct)}


def excluded_of(acts: tuple[Signed, ...]) -> frozenset[int]:
    """The log indices that exclusions name."""
    return frozenset(act.body.index for act in acts if isinstance(act.body, Exclusion))
