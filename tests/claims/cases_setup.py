"""K1–K6: manifests, keys, rolls and changes that are not as the authority and the floors of the code want them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.checks.check import CheckList
from common.checks.manifest import open_manifest
from common.crypto.cryptosystem import KeyMaterial, KeyProof
from common.crypto.paillier import PARAMETERS
from common.crypto.paillier_key import PaillierElectionKey, election_key
from common.crypto.systems import SYSTEMS, PaillierSystem
from common.eid.personal_code import voter_id
from common.encoding.octets import to_base64url
from common.messages.acts import Signed, roll_digest, sign_document
from common.messages.manifest import Manifest, Unit
from common.messages.roll import ChangeSet, Roll, RollChange, RollEntry
from common.tally.evidence import Evidence
from scenarios.country.population import people
from scenarios.founding import create_world
from tallier.authority import make_roll
from tests.claims.attack_tools import STRANGERS, roll_rows, staged
from tests.claims.bases import Bases
from tests.claims.case import AuditCase, Case, Claim
from tests.claims.cases_box import with_act
from tests.claims.cases_log import asking_a_trustee, everywhere, recorded
from tests.claims.dossier import Dossier, played
from tests.conftest import draft
from voter_client.cast import require_election

# --- K1


def opening_the_manifest(bases: Bases, mutate: Callable[[Bases], Signed], checks: CheckList) -> object:
    """What every party does first."""
    return open_manifest(mutate(bases), bases.world.authority.public_key, SYSTEMS, checks)


def signed_by_somebody(bases: Bases) -> Signed:
    return sign_document(_rules(bases), Ed25519PrivateKey.generate())


def changed_after_signing(bases: Bases) -> Signed:
    return replace(bases.world.manifest, body=replace(_rules(bases), title="Another election"))


def roll_in_its_place(bases: Bases) -> Signed:
    return bases.world.roll


def _rules(bases: Bases) -> Manifest:
    return bases.world.election.manifest


def manifest_signed_by_somebody(dossier: Dossier) -> Dossier:
    return replace(dossier, manifest=sign_document(dossier.world.election.manifest, Ed25519PrivateKey.generate()))


# --- K2: manifests that the authority signed, but ought not to have


def collecting(bases: Bases, mutate: Callable[[Manifest], Manifest], checks: CheckList) -> object:
    """A collector starts on the manifest."""
    authority = bases.world.authority
    signed = authority.sign(mutate(_rules(bases)))
    election = open_manifest(signed, authority.public_key, SYSTEMS, checks)
    return staged(bases.world, election=election, collector_checks=checks)


def single_ballots_opened(rules: Manifest) -> Manifest:
    return replace(rules, policies=replace(rules.policies, minimum_aggregate=1))


def quorum_without_majority(rules: Manifest) -> Manifest:
    return replace(rules, witnesses=replace(rules.witnesses, quorum=1))


def more_hostile_witnesses_than_the_quorum_stands(rules: Manifest) -> Manifest:
    return replace(rules, witnesses=replace(rules.witnesses, hostile=1))


def trustee_without_key(rules: Manifest) -> Manifest:
    return replace(rules, trustees=rules.trustees[:2])


def closes_before_it_opens(rules: Manifest) -> Manifest:
    return replace(rules, times=replace(rules.times, opens=rules.times.closes, closes=rules.times.opens))


def max_age_without_end(rules: Manifest) -> Manifest:
    return replace(rules, times=replace(rules.times, max_age=10**6))


def margin_that_leaves_no_time(rules: Manifest) -> Manifest:
    return replace(rules, times=replace(rules.times, intake_margin=rules.times.grace))


def two_roots(rules: Manifest) -> Manifest:
    return replace(rules, units=(*rules.units, Unit("abroad", "Abroad", None, ("board", "wishes"))))


def parent_unknown(rules: Manifest) -> Manifest:
    return replace(rules, units=(*rules.units, Unit("abroad", "Abroad", "nowhere", ("board", "wishes"))))


def contest_without_common_ancestor(rules: Manifest) -> Manifest:
    """North and south could then not be pooled."""
    root, *others = rules.units
    return replace(rules, units=(replace(root, contests=("board",)), *others))


def too_many_branches(rules: Manifest) -> Manifest:
    return replace(rules, policies=replace(rules.policies, branches=3))


def option_twice(rules: Manifest) -> Manifest:
    first, *rest = rules.contests
    return replace(rules, contests=(replace(first, options=("Ada", "Ada", "Blank vote")), *rest))


def one_trustee_under_two_names(rules: Manifest) -> Manifest:
    first, second, *rest = rules.trustees
    return replace(rules, trustees=(first, replace(second, signing_key=first.signing_key), *rest))


def two_shares_sealed_to_one_key(rules: Manifest) -> Manifest:
    first, second, *rest = rules.trustees
    return replace(rules, trustees=(first, replace(second, sealing_key=first.sealing_key), *rest))


def sealing_key_too_short(rules: Manifest) -> Manifest:
    first, *rest = rules.trustees
    return replace(rules, trustees=(replace(first, sealing_key="AAAA"), *rest))


def key_under_which_anything_is_signed(rules: Manifest) -> Manifest:
    """The neutral element: one signature holds for every message."""
    return replace(rules, collector=replace(rules.collector, key=to_base64url((1).to_bytes(32, "little"))))


def key_in_another_form(rules: Manifest) -> Manifest:
    """A y that is not reduced: some programs read it, others refuse it."""
    odd = (2**255 - 19 + 3).to_bytes(32, "little")
    first, *rest = rules.trustees
    return replace(rules, trustees=(replace(first, signing_key=to_base64url(odd)), *rest))


def eid_authority_pinned_twice(rules: Manifest) -> Manifest:
    return replace(rules, eid_roots=(*rules.eid_roots, rules.eid_roots[0]))


def manifest_below_a_floor(dossier: Dossier) -> Dossier:
    """Signed for the trustee's sake, so that it helps to open single ballots; the log is the old election's."""
    lowered = single_ballots_opened(dossier.world.election.manifest)
    return replace(dossier, manifest=dossier.world.authority.sign(lowered))


# --- K3


@dataclass(frozen=True, slots=True)
class _LyingKey(PaillierElectionKey):
    """The key as its dealer sees it, who believes the proof; two n-th roots have changed places."""

    def complete_proof(self, dealer_part: KeyProof, roots: Sequence[str]) -> KeyProof:
        first, second, *rest = roots
        return {"nth_roots": (second, first, *rest), "square_roots": dealer_part["square_roots"]}

    def verify_proof(self, proof: KeyProof) -> None:
        """Fine, says the dealer."""


@dataclass(frozen=True, slots=True)
class _LyingDealer(PaillierSystem):
    def key(self, material: KeyMaterial) -> PaillierElectionKey:
        key = election_key(self.parameters, material)
        return _LyingKey(key.material, key.public, key.base, key.verification_keys)


@cache
def key_proof_that_does_not_hold(dossier: Dossier) -> Dossier:
    """The manifest names a key proof that is none; a whole election is held under that key."""
    same = dossier.world.election.manifest
    rules = draft(contests=same.contests, units=same.units, policies=same.policies, max_ballots=same.max_ballots)
    systems = {"toy-512": _LyingDealer(PARAMETERS["toy-512"])}
    return played(create_world(rules, roll_rows(), systems=systems, insecure_parameters=True))


def key_proof_of_another_key(dossier: Dossier) -> Dossier:
    first, *rest = dossier.key_proof["nth_roots"]
    return replace(dossier, key_proof={**dossier.key_proof, "nth_roots": (*rest, first)})


# --- K4


def opening_the_election(bases: Bases, mutate: Callable[[KeyMaterial], KeyMaterial], checks: CheckList) -> None:
    """What a client does once, before it votes."""
    rules = replace(_rules(bases), key=mutate(_rules(bases).key))
    authority = bases.world.authority
    election = open_manifest(authority.sign(rules), authority.public_key, SYSTEMS, checks)
    require_election(election, checks)


def verification_keys_swapped(material: KeyMaterial) -> KeyMaterial:
    first, second, third = material.verification_keys
    return replace(material, verification_keys=(second, first, third))


def last_verification_key_foreign(material: KeyMaterial) -> KeyMaterial:
    first, second, _third = material.verification_keys
    return replace(material, verification_keys=(first, second, first))


def base_one(material: KeyMaterial) -> KeyMaterial:
    """A base of 1 would make every share pass."""
    one = to_base64url((1).to_bytes(64, "big"))
    return replace(material, base=one, verification_keys=(one,) * 3)


# --- K5


def roll_signed_by_somebody(dossier: Dossier) -> Evidence:
    forged = sign_document(_roll(dossier), Ed25519PrivateKey.generate())
    return replace(dossier.evidence, roll=forged)


def roll_with_a_row_more(dossier: Dossier) -> Evidence:
    """Signed by the authority, but not the roll that the manifest names."""
    row = RollEntry(voter_id(STRANGERS[5].code), STRANGERS[5].name, "north")
    longer = make_roll([*_roll(dossier).voters, row], _roll(dossier).election_id)
    return replace(dossier.evidence, roll=dossier.world.authority.sign(longer))


def _roll(dossier: Dossier) -> Roll:
    body = dossier.evidence.roll.body
    if not isinstance(body, Roll):
        raise TypeError("a roll")
    return body


def collecting_with_a_roll(bases: Bases, mutate: Callable[[Roll], Roll], checks: CheckList) -> object:
    """A collector starts on a roll that authority and manifest agree on."""
    authority, body = bases.world.authority, bases.world.roll.body
    if not isinstance(body, Roll):
        raise TypeError("a roll")
    roll = mutate(body)
    signed = authority.sign(replace(_rules(bases), roll=roll_digest(roll)))
    election = open_manifest(signed, authority.public_key, SYSTEMS, checks)
    return staged(bases.world, election=election, roll=authority.sign(roll), collector_checks=checks)


def roll_unsorted(roll: Roll) -> Roll:
    first, second, *rest = roll.voters
    return replace(roll, voters=(second, first, *rest))


def roll_with_an_unknown_unit(roll: Roll) -> Roll:
    first, *rest = roll.voters
    return replace(roll, voters=(replace(first, unit="nowhere"), *rest))


def roll_longer_than_max_ballots(roll: Roll) -> Roll:
    rows = [RollEntry(voter_id(p.code), p.name, "north") for p in people(300, seed=5)]
    known = {row.voter for row in roll.voters}
    return make_roll([*roll.voters, *(row for row in rows if row.voter not in known)], roll.election_id)


def roll_of_another_election(roll: Roll) -> Roll:
    return replace(roll, election_id="5" * 32)


# --- K6

ROLL_CHANGE = 8
"""Where it stands in the dossier's log."""


def _change(dossier: Dossier) -> ChangeSet:
    (found,) = (act.body for act in dossier.evidence.acts if isinstance(act.body, ChangeSet))
    return found


def _changed(dossier: Dossier, **fields: object) -> Evidence:
    body = replace(_change(dossier), **fields)  # type: ignore[arg-type]
    return with_act(dossier, ROLL_CHANGE, dossier.world.authority.sign(body))


def change_signed_by_somebody(dossier: Dossier) -> Evidence:
    return with_act(dossier, ROLL_CHANGE, sign_document(_change(dossier), Ed25519PrivateKey.generate()))


def change_of_another_election(dossier: Dossier) -> Evidence:
    return _changed(dossier, fingerprint="ef" * 32)


def change_out_of_number(dossier: Dossier) -> Evidence:
    return _changed(dossier, number=2)


def change_of_another_roll(dossier: Dossier) -> Evidence:
    return _changed(dossier, previous="ef" * 32)


def change_over_max_ballots(dossier: Dossier) -> Evidence:
    """Filled until counters carry into the next option's."""
    rows = [RollEntry(voter_id(p.code), p.name, "north") for p in people(300, seed=5)]
    extra = tuple(RollChange(row.voter, row) for row in rows)
    return _changed(dossier, changes=(*_change(dossier).changes, *extra))


def change_not_logged(dossier: Dossier) -> Evidence:
    body = replace(_change(dossier), number=2, previous=roll_digest(_change(dossier)))
    return replace(dossier.evidence, acts=(*dossier.evidence.acts, dossier.world.authority.sign(body)))


def change_missing(dossier: Dossier) -> Evidence:
    acts = tuple(act for act in dossier.evidence.acts if not isinstance(act.body, ChangeSet))
    return replace(dossier.evidence, acts=acts)


_BELOW_A_FLOOR = (
    single_ballots_opened,
    quorum_without_majority,
    more_hostile_witnesses_than_the_quorum_stands,
    trustee_without_key,
    closes_before_it_opens,
    max_age_without_end,
    margin_that_leaves_no_time,
    two_roots,
    parent_unknown,
    contest_without_common_ancestor,
    too_many_branches,
    option_twice,
    one_trustee_under_two_names,
    two_shares_sealed_to_one_key,
    sealing_key_too_short,
    key_under_which_anything_is_signed,
    key_in_another_form,
    eid_authority_pinned_twice,
)

CASES: tuple[Claim, ...] = (
    Case("K1", signed_by_somebody, opening_the_manifest),
    Case("K1", changed_after_signing, opening_the_manifest),
    Case("K1", roll_in_its_place, opening_the_manifest, "RuleBroken"),
    Case("K1", manifest_signed_by_somebody, asking_a_trustee),
    AuditCase("K1", manifest_signed_by_somebody),
    *(Case("K2", floor, collecting) for floor in _BELOW_A_FLOOR),
    Case("K2", manifest_below_a_floor, asking_a_trustee, "K6"),
    Case("K3", key_proof_of_another_key, asking_a_trustee),
    Case("K3", key_proof_that_does_not_hold, asking_a_trustee),
    AuditCase("K3", key_proof_of_another_key),
    AuditCase("K3", key_proof_that_does_not_hold),
    Case("K4", verification_keys_swapped, opening_the_election),
    Case("K4", last_verification_key_foreign, opening_the_election),
    Case("K4", base_one, opening_the_election),
    *everywhere("K5", roll_signed_by_somebody),
    *recorded("K5", roll_with_a_row_more, "K6", also=("K6",)),
    Case("K5", roll_unsorted, collecting_with_a_roll, "RuleBroken"),
    Case("K5", roll_with_an_unknown_unit, collecting_with_a_roll),
    Case("K5", roll_longer_than_max_ballots, collecting_with_a_roll),
    Case("K5", roll_of_another_election, collecting_with_a_roll),
    *everywhere("K6", change_signed_by_somebody),
    *recorded("K6", change_of_another_election),
    *everywhere("K6", change_out_of_number, "RuleBroken")[:2],
    *everywhere("K6", change_of_another_roll, "RuleBroken")[:2],
    *recorded("K6", change_over_max_ballots),
    *recorded("K6", change_not_logged, also=("F1",)),
    *everywhere("K6", change_missing, "LogError")[:2],
)
