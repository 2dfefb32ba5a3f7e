"""A verifying device opens every ciphertext, and to an allowed choice, or shows nothing."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest

from common.checks.device import SeededBallot, open_ballot, v3_opens_from_seed
from common.encoding.octets import to_base64url
from common.errors import CryptoError, RuleBroken
from common.messages.ballot import Ballot
from scenarios.world import World
from tests.conftest import CHOICES, PEOPLE
from voter_client.prepare import PreparedBallot, prepare_ballot


@pytest.fixture
def prepared(world: World) -> PreparedBallot:
    return prepare_ballot(world.election, "north", world.citizen(PEOPLE[0]).card.voter_id, CHOICES)


def with_ciphertext(world: World, prepared: PreparedBallot, contest: int, index: int, plaintext: int) -> Ballot:
    """The ballot with another number in one ciphertext, under the randomness that the seed gives."""
    ballot, key = prepared.ballot, world.election.key
    part = ballot.contests[contest]
    randomness = key.randomness(
        bytes.fromhex(ballot.fingerprint), bytes.fromhex(ballot.pseudonym), prepared.seed, part.contest, index
    )
    texts = list(part.ciphertexts)
    texts[index] = key.encrypt(plaintext, randomness)
    changed = replace(part, ciphertexts=tuple(texts))
    return replace(ballot, contests=(*ballot.contests[:contest], changed, *ballot.contests[contest + 1 :]))


def test_ballot_opens_to_what_was_chosen(world: World, prepared: PreparedBallot) -> None:
    assert open_ballot(prepared.ballot, prepared.seed, world.election) == tuple(CHOICES.values())


def test_ballot_does_not_open_from_another_seed(world: World, prepared: PreparedBallot) -> None:
    with pytest.raises((CryptoError, RuleBroken)):
        open_ballot(prepared.ballot, secrets.token_bytes(32), world.election)


def test_single_choice_that_is_none_of_the_options_does_not_open(world: World, prepared: PreparedBallot) -> None:
    with pytest.raises(CryptoError, match="allowed choice"):
        open_ballot(with_ciphertext(world, prepared, 0, 0, 2), prepared.seed, world.election)


def test_changed_single_choice_opens_to_what_it_is(world: World, prepared: PreparedBallot) -> None:
    scheme = world.election.schemes["board"]
    ballot = with_ciphertext(world, prepared, 0, 0, scheme.encode((0, 1, 0))[0])
    assert open_ballot(ballot, prepared.seed, world.election)[0] == (0, 1, 0)


@pytest.mark.parametrize("amount", [2, 1000])
def test_amount_above_the_most_does_not_open(world: World, prepared: PreparedBallot, amount: int) -> None:
    with pytest.raises(CryptoError, match="allowed choice"):
        open_ballot(with_ciphertext(world, prepared, 1, 1, amount), prepared.seed, world.election)


def test_total_above_the_most_does_not_open(world: World, prepared: PreparedBallot) -> None:
    """Three approvals where two are allowed: each amount is fine by itself."""
    with pytest.raises(RuleBroken, match="in total"):
        open_ballot(with_ciphertext(world, prepared, 1, 1, 1), prepared.seed, world.election)


def test_v3_says_that_the_seed_is_what_does_not_open_the_ballot(world: World, prepared: PreparedBallot) -> None:
    v3_opens_from_seed(SeededBallot(prepared.ballot, prepared.seed, world.election), None)
    too_many = with_ciphertext(world, prepared, 1, 1, 1)
    for ballot, seed in ((prepared.ballot, bytes(32)), (too_many, prepared.seed)):
        with pytest.raises(CryptoError, match="does not open with this code's seed"):
            v3_opens_from_seed(SeededBallot(ballot, seed, world.election), None)


def test_ciphertext_left_out_does_not_open(world: World, prepared: PreparedBallot) -> None:
    board, wishes = prepared.ballot.contests
    shorter = replace(prepared.ballot, contests=(board, replace(wishes, ciphertexts=wishes.ciphertexts[:3])))
    with pytest.raises(CryptoError, match="number of ciphertexts"):
        open_ballot(shorter, prepared.seed, world.election)


def test_what_is_posted_does_not_open_the_ballot(world: World) -> None:
    """Least of all the salt, which the signed statement shows to the collector."""
    citizen = world.citizen(PEOPLE[0])
    session = world.session(citizen)
    prepared = session.prepare(CHOICES)
    session.cast(prepared)
    assert session.posted is not None
    for spelled in (prepared.seed.hex(), to_base64url(prepared.seed)):
        assert spelled.encode() not in session.posted
    with pytest.raises(CryptoError):
        open_ballot(prepared.ballot, bytes.fromhex(prepared.salt), world.election)
