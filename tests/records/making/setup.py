"""K1 to K6: manifests, keys, rolls and changes that are not as the authority and the floors of chapter 12 want them.

What a whole election hangs on (key proof, keys, roll) is spoiled before it: all of it is held again, signed anew.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import gmpy2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.checks.setup import key_proof_digest
from common.crypto.cryptosystem import KeyMaterial, KeyProof
from common.crypto.paillier_key import PaillierElectionKey
from common.eid.personal_code import voter_id
from common.encoding.octets import from_base64url, to_base64url
from common.errors import CryptoError
from common.log.entries import EntryKind
from common.messages.acts import Signed, roll_digest, sign_document
from common.messages.manifest import Manifest, SingleContest, Unit, fingerprint
from common.messages.roll import ChangeSet, Roll, RollChange, RollEntry
from common.tally.evidence import Evidence
from scenarios.country.population import people
from scenarios.dealers import HostileSystem, many_primes
from scenarios.founding import create_world
from scenarios.world import World
from tallier.trustee import TrusteeService
from tallier.trustee_state import MemoryState
from tests.claims.attack_tools import NOTHING, STRANGERS, Line, act_entry, lines_of
from tests.claims.cases_box import with_act
from tests.claims.dossier import Dossier, with_document
from tests.records.making.box import rewritten
from tests.records.making.case import Pins, Tampered, record_of, recounted
from tests.records.making.elections import draft, play_small, roll_rows, row, under, with_roll

MANIFEST, KEY_PROOF, ROLL = "public/manifest.json", "public/key-proof.json", "sworn/roll.json"
AUTHORITY = ("election authority",)
EVERYBODY = ("election authority", "collector", "witnesses", "processor", "trustees")
ROLL_CHANGE = 5
"""Where it stands in the log of `toy`."""


def _whole(check: str, name: str, world: World, title: str, by: tuple[str, ...], also: tuple[str, ...] = ()) -> Tampered:
    """A whole election like `toy-small`, held in this world."""
    made = play_small(world)
    return Tampered(check, name, "toy-small", record_of(made), title, by, also, pins=Pins.of(made))


# --- K1


def _k1(small: Dossier) -> list[Tampered]:
    files, pins, rules = record_of(small), Pins.of(small), small.world.election.manifest
    foreign = sign_document(rules, Ed25519PrivateKey.generate())
    renamed = replace(small.manifest, body=replace(rules, title="Another election"))
    changed = Pins(pins.authority, fingerprint(renamed.body))  # type: ignore[arg-type]
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    return [
        Tampered("K1", "signed-by-somebody", "toy-small", with_document(files, MANIFEST, foreign), "The manifest is signed with a key that is not the authority's", ("processor",)),
        Tampered("K1", "changed-after-signing", "toy-small", with_document(files, MANIFEST, renamed), "The manifest's title is changed after signing, and the changed one's fingerprint pinned", ("processor",), pins=changed),
        Tampered("K1", "another-fingerprint", "toy-small", files, "The fingerprint that was announced is another one", AUTHORITY, pins=replace(pins, fingerprint="ef" * 32)),
        Tampered("K1", "another-authority", "toy-small", files, "The authority that is pinned is another one", ("processor",), pins=replace(pins, authority=stranger)),
        Tampered("K1", "roll-in-its-place", "toy-small", with_document(files, MANIFEST, small.world.roll), "Where the manifest should be is another document that the authority signed", ("processor",)),
    ]  # fmt: skip


# --- K2


def _times(rules: Manifest, **fields: object) -> Manifest:
    return replace(rules, times=replace(rules.times, **fields))  # type: ignore[arg-type]


def _policies(rules: Manifest, **fields: object) -> Manifest:
    return replace(rules, policies=replace(rules.policies, **fields))  # type: ignore[arg-type]


def _key(rules: Manifest, **fields: object) -> Manifest:
    return replace(rules, key=replace(rules.key, **fields))  # type: ignore[arg-type]


def _second_witness(rules: Manifest, **fields: object) -> Manifest:
    first, second, third = rules.witnesses.members
    members = (first, replace(second, **fields), third)  # type: ignore[arg-type]
    return replace(rules, witnesses=replace(rules.witnesses, members=members))


def _unit(rules: Manifest, position: int, **fields: object) -> Manifest:
    units = list(rules.units)
    units[position] = replace(units[position], **fields)  # type: ignore[arg-type]
    return replace(rules, units=tuple(units))


def _contest(rules: Manifest, position: int, **fields: object) -> Manifest:
    contests = list(rules.contests)
    contests[position] = replace(contests[position], **fields)  # type: ignore[arg-type]
    return replace(rules, contests=tuple(contests))


def _number(rules: Manifest, value: int) -> str:
    """An integer in the fixed length of this key's."""
    return to_base64url(value.to_bytes(len(from_base64url(rules.key.base)), "big"))


def _n(rules: Manifest) -> int:
    return int.from_bytes(from_base64url(rules.key.public_key["n"]), "big")


def _without_headroom(rules: Manifest) -> Manifest:
    """Eight options of 53 bits and more each do not fit into 512 − 130."""
    options = tuple(f"Option {number}" for number in range(1, 9))
    contests = (SingleContest("single", "board", "Who chairs the board?", options), *rules.contests[1:])
    return replace(rules, contests=contests, max_ballots=2**53 - 1)


_K2: tuple[tuple[str, Callable[[Manifest], Manifest], str], ...] = (
    ("threshold-one", lambda m: _key(m, threshold=1), "One trustee is enough"),
    ("trustee-without-key", lambda m: replace(m, trustees=m.trustees[:2]), "There are more verification keys than trustees"),
    ("hostile-over-quorum", lambda m: replace(m, witnesses=replace(m.witnesses, hostile=1)), "The quorum does not stand the hostile witnesses that it says it does"),
    ("one-key-two-witnesses", lambda m: _second_witness(m, key=m.witnesses.members[0].key), "Two witnesses have the same key"),
    ("one-name-two-witnesses", lambda m: _second_witness(m, name=m.witnesses.members[0].name), "Two witnesses have the same name"),
    ("log-key-of-a-witness", lambda m: _second_witness(m, key=m.log.key), "A witness has the log's key"),
    ("log-name-of-a-witness", lambda m: _second_witness(m, name=m.log.origin), "A witness has the log's name"),
    ("closes-before-it-opens", lambda m: _times(m, opens=m.times.closes, closes=m.times.opens), "The end of voting stands before the opening"),
    ("max-age-over-a-day", lambda m: _times(m, max_age=86_401), "max_age is a day and a second"),
    ("margin-as-long-as-grace", lambda m: _times(m, intake_margin=m.times.grace), "The intake margin leaves no grace"),
    ("two-roots", lambda m: replace(m, units=(*m.units, Unit("abroad", "Abroad", None, ("board", "wishes")))), "Two units have no parent"),
    ("parent-after-child", lambda m: replace(m, units=(m.units[1], m.units[0], *m.units[2:])), "A unit stands before its parent"),
    ("no-common-ancestor", lambda m: _unit(m, 0, contests=("board",)), "Two units have a contest that their common ancestor has not"),
    ("option-twice", lambda m: _contest(m, 0, options=("Ada", "Ada", "Blank vote")), "A contest has an option twice"),
    ("totals-beyond-options", lambda m: _contest(m, 1, max_total=3), "max_total is more than all options together can have"),
    ("too-many-branches", lambda m: _policies(m, branches=3), "A unit's contests take more branches than the policy allows"),
    ("branches-over-the-cap", lambda m: _policies(m, branches=2_001), "The policy allows more branches than the floor does"),
    ("no-headroom", _without_headroom, "A contest's options do not fit below the headroom"),
    ("even-modulus", lambda m: _key(m, public_key={"n": _number(m, _n(m) - 1)}), "n is even"),
    ("short-modulus", lambda m: _key(m, public_key={"n": _number(m, _n(m) >> 1 | 1)}), "n has 511 bits where the parameters have 512"),
    ("base-not-reduced", lambda m: _key(m, base=_number(m, _n(m) + 1)), "The base v is n + 1"),
    ("root-is-no-certificate", lambda m: replace(m, eid_roots=("AAAA",)), "An eID root is no certificate"),
)  # fmt: skip


def _k2(small: Dossier) -> list[Tampered]:
    """Manifests that the authority signed; two of them with a whole election under them."""
    authority, rules, files = small.world.authority, small.world.election.manifest, record_of(small)
    found = []
    for name, lower, title in _K2:
        changed = lower(rules)
        pins = Pins(authority.public_key, fingerprint(changed))
        manifest = with_document(files, MANIFEST, authority.sign(changed))
        found.append(Tampered("K2", name, "toy-small", manifest, title, AUTHORITY, pins=pins))
    alone = under(small.world, _policies(rules, minimum_aggregate=1))
    quorum = under(small.world, replace(rules, witnesses=replace(rules.witnesses, quorum=1)))
    found.append(_whole("K2", "single-ballots-opened", alone, "A whole election in which a pool of one ballot is opened", EVERYBODY))
    found.append(_whole("K2", "quorum-of-one", quorum, "A whole election in which one witness of three is enough", EVERYBODY))
    return found


# --- K3


@dataclass(slots=True)
class SmallFactor(HostileSystem):
    """n = 65519·q: two primes, both 3 mod 4, so that all roots of the key proof are there."""

    def _square_root(self, n: int, value: int) -> int:
        p, q = self.primes
        square = value if gmpy2.jacobi(value, p) == 1 else -value
        roots = [int(gmpy2.powmod(square, (prime + 1) // 4, prime)) for prime in (p, q)]
        lifted = roots[0] + p * (roots[1] - roots[0]) * int(gmpy2.invert(p, q))
        return lifted % n


def small_factor() -> SmallFactor:
    p = 65_519
    while True:
        q = int(gmpy2.next_prime(secrets.randbits(496) | 1 << 495))
        if q % 4 == 3 and (p * q).bit_length() == 512 and (q - 1) % p:
            return SmallFactor("toy-512", 512, (p, q))


def product_of_many_primes() -> HostileSystem:
    return replace(many_primes(30, 512), name="toy-512")


def _dealt(name: str, deal: Callable[[], HostileSystem], title: str) -> Tampered:
    """An election under a hostile dealer's key; nobody looked at the ceremony."""
    rules = draft("A small toy election", "toy-512", "auditors", vote_bytes=6_400)
    for _ in range(100):  # trustees refuse shares of more than n / 4, which these dealers make now and then
        systems = {"toy-512": deal()}
        with suppress(CryptoError):
            world = create_world(rules, roll_rows(), systems=systems, checks=NOTHING, insecure_parameters=True)
            return _whole("K3", name, world, title, ("dealer", "trustees"))
    raise CryptoError("no ceremony of this dealer ends well")


def _with_proof(small: Dossier, name: str, change: Callable[[int, KeyProof], KeyProof], title: str) -> Tampered:
    """An election whose manifest names a key proof that does not hold."""
    n = _n(small.world.election.manifest)
    proof = change(n, small.key_proof)
    rules = replace(small.world.election.manifest, key_proof=key_proof_digest(proof))
    world = under(small.world, rules)
    world = replace(world, ceremony=replace(world.ceremony, proof=proof))
    return _whole("K3", name, world, title, ("dealer", *EVERYBODY))


def _roots_swapped(_n: int, proof: KeyProof) -> KeyProof:
    first, second, *rest = proof["nth_roots"]
    return {**proof, "nth_roots": (second, first, *rest)}


def _root_missing(_n: int, proof: KeyProof) -> KeyProof:
    return {**proof, "square_roots": proof["square_roots"][:-1]}


def _root_not_reduced(n: int, proof: KeyProof) -> KeyProof:
    """y + n is another spelling of y, where it fits."""
    roots, length = list(proof["square_roots"]), len(from_base64url(proof["square_roots"][0]))
    for position, text in enumerate(roots):
        grown = int.from_bytes(from_base64url(text), "big") + n
        if grown < 1 << 8 * length:
            roots[position] = to_base64url(grown.to_bytes(length, "big"))
            break
    return {**proof, "square_roots": tuple(roots)}


def _root_of_another_value(_n: int, proof: KeyProof) -> KeyProof:
    *rest, last = proof["square_roots"]
    return {**proof, "square_roots": (*rest[:-1], last, last)}


def _negative_roots(n: int, proof: KeyProof) -> KeyProof:
    """n − y is as good a root."""
    length = len(from_base64url(proof["square_roots"][0]))
    flip = [n - int.from_bytes(from_base64url(text), "big") for text in proof["square_roots"]]
    return {**proof, "square_roots": tuple(to_base64url(y.to_bytes(length, "big")) for y in flip)}


def _k3(small: Dossier) -> list[Tampered]:
    first, *rest = small.key_proof["nth_roots"]
    other = with_document(record_of(small), KEY_PROOF, {**small.key_proof, "nth_roots": (*rest, first)})
    good = _with_proof(small, "negative-roots", _negative_roots, "Every square root y of the key proof is n - y")
    return [
        Tampered("K3", "another-proof", "toy-small", other, "The key proof is not the one that the manifest names", ("processor",)),
        _with_proof(small, "roots-swapped", _roots_swapped, "Two n-th roots have changed places; the manifest names that proof"),
        _with_proof(small, "root-missing", _root_missing, "There are 255 square roots; the manifest names that proof"),
        _with_proof(small, "root-not-reduced", _root_not_reduced, "A square root is y + n; the manifest names that proof"),
        _with_proof(small, "root-of-another-value", _root_of_another_value, "A square root is another value's; the manifest names that proof"),
        _dealt("small-factor", small_factor, "n = 65519 q: all roots are right, but a factor is below 2^16"),
        _dealt("many-primes", product_of_many_primes, "n is a product of 30 primes: square roots cannot be shown"),
        replace(good, check=None, by=()),
    ]  # fmt: skip


# --- K4


def _rekeyed(small: Dossier, change: Callable[[PaillierElectionKey], KeyMaterial]) -> World:
    """An election under this key with other verification keys, and trustees who use them."""
    key = small.world.election.key
    if not isinstance(key, PaillierElectionKey):
        raise TypeError("Paillier only")
    material = change(key)
    world = under(small.world, replace(small.world.election.manifest, key=material))
    trustees = []
    for old in world.trustees:
        if not isinstance(old, TrusteeService):
            raise TypeError("trustees of this process only")
        state = MemoryState()
        state.save(replace(old._store.load(), material=material))
        known = (old._name, old._keys, state, old._authority_key, old._parameters, old._systems, old._checks)
        trustees.append(TrusteeService(*known))
    return replace(world, trustees=tuple(trustees))


def _last_key(value: Callable[[PaillierElectionKey], int]) -> Callable[[PaillierElectionKey], KeyMaterial]:
    def change(key: PaillierElectionKey) -> KeyMaterial:
        first, second, _third = key.material.verification_keys
        return replace(key.material, verification_keys=(first, second, key.public.encode_value(value(key))))

    return change


def _raised(power: int) -> Callable[[PaillierElectionKey], KeyMaterial]:
    """v and all v_i to this power: they fit each other as before."""

    def change(key: PaillierElectionKey) -> KeyMaterial:
        def raised(text: str) -> str:
            return key.public.encode_value(int(gmpy2.powmod(int(key.public.decode_value(text)), power, key.public.n)))

        keys = tuple(raised(text) for text in key.material.verification_keys)
        return replace(key.material, base=raised(key.material.base), verification_keys=keys)

    return change


def _verification_key(key: PaillierElectionKey, position: int) -> int:
    return int(key.public.decode_value(key.material.verification_keys[position]))


def _k4(small: Dossier) -> list[Tampered]:
    by = ("dealer", *EVERYBODY)
    foreign = _rekeyed(small, _last_key(lambda key: _verification_key(key, 0)))
    squared = _rekeyed(small, _last_key(lambda key: _verification_key(key, 2) ** 2 % int(key.public.n)))
    another, one = _rekeyed(small, _raised(3)), _rekeyed(small, _raised(0))
    return [
        _whole("K4", "last-key-is-the-first", foreign, "The absent trustee's verification key is the first one's", by),
        _whole("K4", "last-key-squared", squared, "The absent trustee's verification key is squared", by),
        _whole("K4", "another-base", another, "v and all v_i are raised to the third power: they fit each other, but v is not the hashed one", by),
        _whole("K4", "base-one", one, "v and all v_i are 1, so that any share has a proof", by),
    ]  # fmt: skip


# --- K5


def _under_roll(small: Dossier, name: str, roll: Roll, title: str) -> Tampered:
    """A whole election whose manifest names this roll, which the authority signed."""
    world, signed = with_roll(small.world, roll)
    made = play_small(world)
    made = replace(made, evidence=replace(made.evidence, roll=signed))
    return Tampered("K5", name, "toy-small", record_of(made), title, EVERYBODY, pins=Pins.of(made))


def _k5(small: Dossier) -> list[Tampered]:
    world, files, body = small.world, record_of(small), small.world.roll.body
    if not isinstance(body, Roll):
        raise TypeError("a roll")
    rows = list(body.voters)
    foreign = sign_document(body, Ed25519PrivateKey.generate())
    longer = _sorted(body, [*rows, row(STRANGERS[5], "north")])
    known = {entry.voter for entry in rows}
    crowd = [row(person, "north") for person in people(60, seed=5)]
    filled = _sorted(body, [*rows, *(entry for entry in crowd if entry.voter not in known)][:21])
    return [
        Tampered("K5", "signed-by-somebody", "toy-small", with_document(files, ROLL, foreign), "The roll is signed with a key that is not the authority's", ("collector", "processor")),
        Tampered("K5", "row-more", "toy-small", with_document(files, ROLL, world.authority.sign(longer)), "The authority signed another roll, with a row more than that of the manifest", AUTHORITY),
        _under_roll(small, "unsorted", replace(body, voters=(rows[1], rows[0], *rows[2:])), "The roll is not sorted by voter id"),
        _under_roll(small, "voter-twice", replace(body, voters=(*rows, rows[-1])), "The roll has a voter twice"),
        _under_roll(small, "unknown-unit", replace(body, voters=(*rows[:-1], replace(rows[-1], unit="moon"))), "A voter is of a unit that the election does not have"),
        _under_roll(small, "over-max-ballots", filled, "The roll has 21 rows where max_ballots is 20"),
        _under_roll(small, "another-election-id", replace(body, election_id="5" * 32), "The roll carries another election's id"),
    ]  # fmt: skip


def _sorted(roll: Roll, rows: list[RollEntry]) -> Roll:
    return replace(roll, voters=tuple(sorted(rows, key=lambda entry: entry.voter)))


# --- K6


def _change(toy: Dossier) -> ChangeSet:
    (found,) = (act.body for act in toy.evidence.acts if isinstance(act.body, ChangeSet))
    return found


def _signed(toy: Dossier, **fields: object) -> Evidence:
    body = replace(_change(toy), **fields)  # type: ignore[arg-type]
    return with_act(toy, ROLL_CHANGE, toy.world.authority.sign(body))


def _second(toy: Dossier) -> Signed:
    body = replace(_change(toy), number=2, previous=roll_digest(_change(toy)), changes=(_row_change("north"),))
    return toy.world.authority.sign(body)


def _row_change(unit: str) -> RollChange:
    entry = row(STRANGERS[6], unit)
    return RollChange(entry.voter, entry)


def _logged_twice(toy: Dossier) -> Evidence:
    changed = lines_of(toy.world.election, toy.evidence.log)
    changed.insert(ROLL_CHANGE + 4, changed[ROLL_CHANGE])
    (act,) = (act for act in toy.evidence.acts if isinstance(act.body, ChangeSet))
    return rewritten(toy, _shifted(changed, toy), [act])


def _shifted(changed: list[Line], toy: Dossier) -> list[Line]:
    """Exclusions name log indices: the excluded vote stands before what was inserted."""
    if changed[8].entry != toy.evidence.log.entries[8]:
        raise ValueError("the insertion moves the excluded vote")
    return changed


def _k6(toy: Dossier) -> list[Tampered]:
    changes, crowd = _change(toy).changes, [row(person, "north") for person in people(60, seed=5)]
    filling = tuple(RollChange(entry.voter, entry) for entry in crowd[:9])
    someone, nobody = toy.world.roll.body.voters[0], voter_id(STRANGERS[7].code)  # type: ignore[union-attr]
    borrowed = RollChange(nobody, RollEntry(someone.voter, someone.name, someone.unit))
    second = _second(toy)
    forged = with_act(toy, ROLL_CHANGE, sign_document(_change(toy), Ed25519PrivateKey.generate()))
    missing = tuple(act for act in toy.evidence.acts if not isinstance(act.body, ChangeSet))
    rows: tuple[tuple[str, Evidence, tuple[str, ...], tuple[str, ...], str], ...] = (
        ("signed-by-somebody", forged, EVERYBODY[1:], (), "The change set is signed with a key that is not the authority's"),
        ("another-election", _signed(toy, fingerprint="ef" * 32), EVERYBODY, (), "The change set names another election's fingerprint"),
        ("out-of-number", _signed(toy, number=2), EVERYBODY, (), "The first change set says that it is the second"),
        ("another-roll", _signed(toy, previous="ef" * 32), EVERYBODY, (), "The change set continues another roll"),
        ("over-max-ballots", _signed(toy, changes=(*changes, *filling)), EVERYBODY, (), "The change set brings more people onto the roll than max_ballots"),
        ("voter-twice", _signed(toy, changes=(*changes, changes[0])), EVERYBODY, (), "The change set names a voter twice"),
        ("removes-nobody", _signed(toy, changes=(*changes, RollChange(nobody, None))), EVERYBODY, (), "The change set removes somebody who is not on the roll"),
        ("unknown-unit", _signed(toy, changes=(*changes, _row_change("moon"))), EVERYBODY, (), "The change set has a row of a unit that the election does not have"),
        ("row-of-another-voter", _signed(toy, changes=(*changes, borrowed)), EVERYBODY, (), "A change names one voter and its row another"),
        ("logged-twice", _logged_twice(toy), EVERYBODY, (), "Log and record hold the change set twice"),
        ("not-logged", replace(toy.evidence, acts=(*toy.evidence.acts, second)), ("election authority", "processor"), ("F1",), "The record holds a second, signed change set that the log does not"),
        ("missing", replace(toy.evidence, acts=missing), ("processor",), ("F1",), "The log holds a change set that the record does not"),
    )  # fmt: skip
    found = [
        Tampered("K6", name, "toy", record_of(recounted(toy, evidence)), title, by, also)
        for name, evidence, by, also, title in rows
    ]
    changed = lines_of(toy.world.election, toy.evidence.log)
    changed.insert(9, Line(act_entry(second, EntryKind.ROLL_CHANGE), changed[8].time))
    well = record_of(recounted(toy, rewritten(toy, changed, [second])))
    return [*found, Tampered(None, "second-change-set", "toy", well, "A second change set, well chained and logged", ())]


def cases(toy: Dossier, small: Dossier) -> list[Tampered]:
    return [*_k1(small), *_k2(small), *_k3(small), *_k4(small), *_k5(small), *_k6(toy)]
