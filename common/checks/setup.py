"""K1–K6: the election is set up as its authority signed it, within the floors that the code sets."""

from __future__ import annotations

from dataclasses import dataclass

from common.crypto.cryptosystem import KeyProof
from common.encoding.hashing import tagged_hex
from common.errors import RuleBroken
from common.messages.acts import Signed, roll_digest, verify_document
from common.messages.election import Election
from common.messages.manifest import Contest, Manifest, fingerprint
from common.messages.message import encode
from common.messages.roll import ChangeSet, Roll
from common.tally.evidence import Evidence
from common.tally.merge import ancestors
from common.tally.roll_history import start_history

MINIMUM_THRESHOLD = 2
MINIMUM_AGGREGATE = 2
MAXIMUM_BRANCHES = 2_000
MAXIMUM_VOTE_BYTES = 16_000_000
MAXIMUM_CLOCK_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Pins:
    """What a party knows from outside: the authority's 32-byte key, and the fingerprint if it was told one."""

    authority_key: bytes
    fingerprint: str | None


def k1_manifest_signed(signed: Signed, pins: Pins) -> None:
    if not isinstance(signed.body, Manifest):
        raise RuleBroken("the signed document is not a manifest")
    verify_document(signed, pins.authority_key)
    if pins.fingerprint is not None and fingerprint(signed.body) != pins.fingerprint:
        raise RuleBroken("the manifest's fingerprint is not the pinned one")


def k2_within_floors(manifest: Manifest, _context: None) -> None:
    _require_threshold(manifest)
    _require_quorum(manifest)
    _require_times(manifest)
    _require_tree(manifest)
    _require_ballot_bounds(manifest)


def _require_threshold(manifest: Manifest) -> None:
    members = len(manifest.trustees)
    if not MINIMUM_THRESHOLD <= manifest.key.threshold <= members:
        raise RuleBroken(f"threshold {manifest.key.threshold} of {members} trustees; at least 2, at most all")
    if len(manifest.key.verification_keys) != members:
        raise RuleBroken("there is not one verification key for each trustee")
    _require_distinct("trustee", [trustee.name for trustee in manifest.trustees])


def _require_quorum(manifest: Manifest) -> None:
    policy = manifest.witnesses
    _require_distinct("witness", [witness.name for witness in policy.members])
    _require_distinct("witness key", [witness.key for witness in policy.members])
    if policy.quorum > len(policy.members) or 2 * policy.quorum <= len(policy.members) + policy.hostile:
        raise RuleBroken(
            f"a quorum of {policy.quorum} of {len(policy.members)} witnesses cannot stand {policy.hostile} hostile"
        )


def _require_times(manifest: Manifest) -> None:
    times = manifest.times
    if times.opens >= times.closes:
        raise RuleBroken("the election closes before it opens")
    if max(times.grace, times.max_age, times.skew) > MAXIMUM_CLOCK_SECONDS:
        raise RuleBroken("grace, max_age and skew may be a day at most")
    if times.intake_margin >= min(times.grace, times.max_age):
        raise RuleBroken("the intake margin leaves no time to vote: it must be below grace and max_age")
    if times.max_age < 1 or times.ocsp_freshness < 1:
        raise RuleBroken("max_age and ocsp_freshness must be at least a second")


def _require_tree(manifest: Manifest) -> None:
    units = {unit.id: unit for unit in manifest.units}
    _require_distinct("unit", [unit.id for unit in manifest.units])
    _require_distinct("contest", [contest.id for contest in manifest.contests])
    if sum(unit.parent is None for unit in manifest.units) != 1:
        raise RuleBroken("the counting units must have exactly one root")
    seen: set[str] = set()
    for unit in manifest.units:
        if unit.parent is not None and unit.parent not in seen:
            raise RuleBroken(f"unit {unit.id} comes before its parent, or its parent does not exist")
        seen.add(unit.id)
        if not set(unit.contests) <= {contest.id for contest in manifest.contests}:
            raise RuleBroken(f"unit {unit.id} has a contest that the election does not have")
        _require_distinct(f"contest of unit {unit.id}", list(unit.contests))
    for contest in manifest.contests:
        holders = [unit.id for unit in manifest.units if contest.id in unit.contests]
        if not holders:
            raise RuleBroken(f"no unit votes in contest {contest.id}")
        for first in holders:
            for second in holders:
                line = (second, *ancestors(units, second))
                if next(unit for unit in (first, *ancestors(units, first)) if unit in line) not in holders:
                    raise RuleBroken(f"contest {contest.id} lacks the common ancestor of {first} and {second}")


def _require_ballot_bounds(manifest: Manifest) -> None:
    policies = manifest.policies
    if policies.minimum_aggregate < MINIMUM_AGGREGATE:
        raise RuleBroken(f"the minimum aggregate must be at least {MINIMUM_AGGREGATE}")
    if policies.branches > MAXIMUM_BRANCHES or policies.vote_bytes > MAXIMUM_VOTE_BYTES:
        raise RuleBroken("the policies allow larger ballots than the code does")
    contests = {contest.id: contest for contest in manifest.contests}
    for contest in manifest.contests:
        _require_distinct(f"option of contest {contest.id}", list(contest.options))
        if contest.kind == "vector" and not contest.min_total <= contest.max_total <= (
            len(contest.options) * contest.max_per_option
        ):
            raise RuleBroken(f"contest {contest.id}: totals {contest.min_total} to {contest.max_total} do not fit")
    for unit in manifest.units:
        branches = sum(proof_branches(contests[name]) for name in unit.contests)
        if branches > policies.branches:
            raise RuleBroken(f"a ballot of unit {unit.id} has {branches} proof branches, over {policies.branches}")


def proof_branches(contest: Contest) -> int:
    """How many proof branches a vote in this contest has at most."""
    rules = contest.rules()
    if rules.single:
        return rules.options
    return rules.options * (rules.max_per_option + 1) + rules.max_total - rules.min_total + 1


def _require_distinct(what: str, names: list[str]) -> None:
    if len(set(names)) != len(names):
        raise RuleBroken(f"two have the same name: {what}")


def key_proof_digest(proof: KeyProof) -> str:
    """What the manifest holds for the key proof."""
    return tagged_hex("key-proof", encode(proof))


def k3_key_proof(proof: KeyProof, election: Election) -> None:
    if key_proof_digest(proof) != election.manifest.key_proof:
        raise RuleBroken("the key proof is not the one the manifest names")
    election.key.verify_proof(proof)


def k4_verification_keys(election: Election, _context: None) -> None:
    election.key.verify_verification_keys()


def k5_roll_signed(signed: Signed, election: Election) -> None:
    if not isinstance(signed.body, Roll):
        raise RuleBroken("the signed document is not a voter roll")
    verify_document(signed, election.authority_key)
    if roll_digest(signed.body) != election.manifest.roll:
        raise RuleBroken("the roll is not the one the manifest names")
    if signed.body.election_id != election.manifest.election_id:
        raise RuleBroken("the roll is another election's")
    start_history(signed.body)
    for entry in signed.body.voters:
        election.unit(entry.unit)
    if len(signed.body.voters) > election.manifest.max_ballots:
        raise RuleBroken("the roll is longer than max_ballots")


def k6_changes_chained(evidence: Evidence, election: Election) -> None:
    """Every change set is signed and logged, and the logged ones form one chain within `max_ballots`."""
    roll = evidence.roll.body
    if not isinstance(roll, Roll):
        raise RuleBroken("the signed document is not a voter roll")
    history = start_history(roll)
    acts = evidence.acts_by_digest()
    logged = [entry.digest for entry in evidence.log.entries if entry.kind == "roll-change"]
    for digest in logged:
        signed = acts.get(digest)
        if signed is None or not isinstance(signed.body, ChangeSet):
            raise RuleBroken("a logged change of the roll is missing")
        history = history.apply(require_change(signed, election))
        if history.ever > election.manifest.max_ballots:
            raise RuleBroken("the changes bring more voters onto the roll than max_ballots")
    unlogged = {d for d, act in acts.items() if isinstance(act.body, ChangeSet)} - set(logged)
    if unlogged or len(set(logged)) != len(logged):
        raise RuleBroken("a change of the roll is not logged, or logged twice")


def require_change(signed: Signed, election: Election) -> ChangeSet:
    """The change set, after its signature, election and units are checked."""
    if not isinstance(signed.body, ChangeSet):
        raise RuleBroken("the signed document is not a change of the roll")
    verify_document(signed, election.authority_key)
    if signed.body.fingerprint != election.fingerprint:
        raise RuleBroken("the change of the roll is another election's")
    for change in signed.body.changes:
        if change.entry is not None:
            election.unit(change.entry.unit)
    return signed.body
