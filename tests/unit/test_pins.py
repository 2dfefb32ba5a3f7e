"""What is named by its digest is taken as it is, and nothing else in its place, however good."""

from __future__ import annotations

from dataclasses import replace

import pytest

from common.checks.setup import Pins, k1_manifest_signed, k3_key_proof
from common.crypto.paillier_key import PaillierElectionKey
from common.errors import IdentityError, RuleBroken
from common.messages.acts import Signed
from common.messages.manifest import Manifest
from scenarios.world import Tallied, World

Played = tuple[World, Tallied]


def another(world: World) -> Signed:
    """A second manifest that the same authority signed."""
    body = world.manifest.body
    assert isinstance(body, Manifest)
    return world.authority.sign(replace(body, title="Another election"))


def test_pinned_manifest_is_taken(played: Played) -> None:
    world, _ = played
    k1_manifest_signed(world.manifest, Pins(world.authority.public_key, world.election.fingerprint))


def test_another_manifest_of_the_authority_is_refused_once_a_fingerprint_is_pinned(played: Played) -> None:
    world, _ = played
    k1_manifest_signed(another(world), Pins(world.authority.public_key, None))
    with pytest.raises(RuleBroken, match="pinned"):
        k1_manifest_signed(another(world), Pins(world.authority.public_key, world.election.fingerprint))


def test_fingerprint_does_not_stand_for_the_signature(played: Played) -> None:
    world, _ = played
    unsigned = Signed(world.manifest.body, another(world).signature)
    with pytest.raises(IdentityError):
        k1_manifest_signed(unsigned, Pins(world.authority.public_key, world.election.fingerprint))


def test_another_key_proof_that_holds_is_refused_for_the_one_that_the_manifest_names(played: Played) -> None:
    """The negative of a square root is one too, so a second proof of the same key is easily made."""
    world, _ = played
    key, proof = world.election.key, world.ceremony.proof
    assert isinstance(key, PaillierElectionKey)
    first, *others = proof["square_roots"]
    negative = key.public.encode_value(key.public.n - key.public.decode_value(first))
    second = {**proof, "square_roots": (negative, *others)}
    key.verify_proof(second)
    k3_key_proof(proof, world.election)
    with pytest.raises(RuleBroken, match="not the one the manifest names"):
        k3_key_proof(second, world.election)
