"""K3, K4: keys and key proofs of hostile dealers. What hangs on them is held again: a whole election, signed anew."""

# ruff: noqa: E501 – tables: one case a line

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import gmpy2

from common.checks.setup import key_proof_digest
from common.crypto.cryptosystem import KeyMaterial, KeyProof
from common.crypto.paillier_key import PaillierElectionKey
from common.errors import CryptoError
from scenarios.dealers import HostileSystem, many_primes
from scenarios.founding import create_world
from scenarios.world import World
from tallier.trustee import TrusteeService
from tallier.trustee_state import MemoryState
from tests.claims.attack_tools import NOTHING
from tests.claims.dossier import Dossier, with_document
from tests.records.making.case import Tampered, record_of, whole
from tests.records.making.elections import draft, play_small, roll_rows, under
from tests.records.making.manifests import EVERYBODY, modulus

KEY_PROOF = "public/key-proof.json"


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
            return whole("K3", name, play_small(world), title, ("dealer", "trustees"))
    raise CryptoError("no ceremony of this dealer ends well")


def _with_proof(small: Dossier, name: str, change: Callable[[int, KeyProof], KeyProof], title: str) -> Tampered:
    """An election whose manifest names a key proof that does not hold."""
    n = modulus(small.world.election.manifest)
    proof = change(n, small.key_proof)
    rules = replace(small.world.election.manifest, key_proof=key_proof_digest(proof))
    world = under(small.world, rules)
    world = replace(world, ceremony=replace(world.ceremony, proof=proof))
    return whole("K3", name, play_small(world), title, ("dealer", *EVERYBODY))


def _roots_swapped(_n: int, proof: KeyProof) -> KeyProof:
    first, second, *rest = proof["nth_roots"]
    return {**proof, "nth_roots": (second, first, *rest)}


def _k3(small: Dossier) -> list[Tampered]:
    first, *rest = small.key_proof["nth_roots"]
    other = with_document(record_of(small), KEY_PROOF, {**small.key_proof, "nth_roots": (*rest, first)})
    return [
        Tampered("K3", "another-proof", "toy-small", other, "The key proof is not the one that the manifest names", ("processor",)),
        _with_proof(small, "roots-swapped", _roots_swapped, "Two n-th roots have changed places; the manifest names that proof"),
        _dealt("small-factor", small_factor, "n = 65519 q: all roots are right, but a factor is below 2^16"),
        _dealt("many-primes", product_of_many_primes, "n is a product of 30 primes: square roots cannot be shown"),
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
    another, one = _rekeyed(small, _raised(3)), _rekeyed(small, _raised(0))
    return [
        whole("K4", "last-key-is-the-first", play_small(foreign), "The absent trustee's verification key is the first one's", by),
        whole("K4", "another-base", play_small(another), "v and all v_i are raised to the third power: they fit each other, but v is not the hashed one", by),
        whole("K4", "base-one", play_small(one), "v and all v_i are 1, so that any share has a proof", by),
    ]  # fmt: skip


def cases(small: Dossier) -> list[Tampered]:
    return [*_k3(small), *_k4(small)]
