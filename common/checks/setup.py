"""K1–K6: the election is set up as its authority signed it, within the floors that the code sets."""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from common.checks import floors
from common.crypto.cryptosystem import KeyProof
from common.eid.certificates import load_certificate
from common.eid.service_keys import require_public
from common.encoding.hashing import tagged_hex
from common.encoding.octets import from_base64url
from common.errors import RuleBroken
from common.messages.acts import Signed, roll_digest, verify_document
from common.messages.election import Election
from common.messages.manifest import Manifest, fingerprint
from common.messages.message import encode
from common.messages.roll import ChangeSet, Roll
from common.tally.evidence import Evidence
from common.tally.roll_history import start_history

SEALING_KEY_LENGTH = 32
"""X25519."""


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
    floors.require_threshold(manifest.key.threshold, len(manifest.trustees))
    floors.require_quorum(manifest.witnesses.quorum, len(manifest.witnesses.members), manifest.witnesses.hostile)
    _require_keys(manifest)
    floors.require_period(manifest.times)
    floors.require_clocks(manifest.times)
    _require_tree(manifest)
    _require_ballot_bounds(manifest)


def _require_keys(manifest: Manifest) -> None:
    """One verification key for each trustee, and no two parties alike."""
    if len(manifest.key.verification_keys) != len(manifest.trustees):
        raise RuleBroken("there is not one verification key for each trustee")
    floors.require_distinct("trustee", (trustee.name for trustee in manifest.trustees))
    floors.require_distinct("witness", (witness.name for witness in manifest.witnesses.members))
    floors.require_distinct("witness key", (witness.key for witness in manifest.witnesses.members))
    floors.require_distinct("trustee's signing key", (trustee.signing_key for trustee in manifest.trustees))
    floors.require_distinct("trustee's sealing key", (trustee.sealing_key for trustee in manifest.trustees))
    signing = (trustee.signing_key for trustee in manifest.trustees)
    witnesses = (witness.key for witness in manifest.witnesses.members)
    for key in (manifest.log.key, manifest.collector.key, *witnesses, *signing):
        require_public(from_base64url(key))
    if any(len(from_base64url(trustee.sealing_key)) != SEALING_KEY_LENGTH for trustee in manifest.trustees):
        raise RuleBroken(f"a trustee's sealing key does not have {SEALING_KEY_LENGTH} bytes")
    floors.require_distinct("eID root", (_owner(root) for root in manifest.eid_roots))


def _owner(root: str) -> str:
    """Subject and key of a pinned authority: two of one owner would leave open which path a certificate has."""
    certificate = load_certificate(from_base64url(root))
    try:
        key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm):
        raise RuleBroken("an eID root has a key of an unknown kind") from None
    return certificate.subject.public_bytes().hex() + key.hex()


def _require_tree(manifest: Manifest) -> None:
    floors.require_distinct("unit", (unit.id for unit in manifest.units))
    floors.require_distinct("contest", (contest.id for contest in manifest.contests))
    floors.require_one_root(manifest.units)
    for position, unit in enumerate(manifest.units):
        floors.require_parent(manifest.units, position)
        floors.require_known_contests(unit, manifest.contests)
    for contest in manifest.contests:
        floors.require_common_ancestors(contest.id, manifest.units)


def _require_ballot_bounds(manifest: Manifest) -> None:
    floors.require_policies(manifest.policies)
    contests = {contest.id: contest for contest in manifest.contests}
    for contest in manifest.contests:
        floors.require_distinct(f"option of contest {contest.id}", contest.options)
        floors.require_totals(contest)
    for unit in manifest.units:
        floors.require_branches(unit, contests, manifest.policies)


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
