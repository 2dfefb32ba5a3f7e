"""What becomes of each logged vote, on one small election that has something of everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from common.checks.box import Accounts, b6_every_vote_has_one_fate
from common.checks.casting import advances_chain
from common.encoding.octets import from_base64url, to_base64url
from common.errors import RuleBroken
from common.messages.message import decode, encode
from common.messages.result import Accounting, AccountingSets, SetTotal, VoteSet, commitment
from common.messages.roll import RollChange
from common.messages.vote import SignedBallot
from common.tally.candidate import Candidate, CastingFacts, Head
from common.tally.evidence import Evidence
from common.tally.replay import Fates, Replay, replay
from scenarios.founding import create_world
from scenarios.world import World
from tests.conftest import CHOICES, PEOPLE, draft, rows

VOTES = 8
SOMEBODY = Head(3, "ab" * 32, 1)
EVERY_VOTE = "superseded, excluded, revoked and counted"


@cache
def finished() -> tuple[World, Evidence]:
    """Votes at 1–8 by voters 0, 0, 1, 2, 3, 4, 4, 5; then 3 is removed, 1 revoked, and 3, 4, 6, 8 excluded."""
    world = create_world(draft(), rows(), insecure_parameters=True)
    citizens = [world.citizen(person) for person in PEOPLE[:6]]
    for who in (0, 0, 1, 2, 3, 4, 4, 5):
        world.clock.now += 60
        world.vote(citizens[who], CHOICES)
    world.change_roll([RollChange(citizens[3].card.voter_id, None)])
    world.close()
    world.revoke([citizens[1].card.voter_id, citizens[0].card.voter_id])
    for index in (3, 6, 8):
        world.exclude(index, "C2", "for the test")
    world.order("final")
    return world, world.collector.evidence()


def replayed(advances: Callable[[Candidate, CastingFacts], bool] = lambda _vote, _facts: True) -> Replay:
    world, evidence = finished()
    return replay(world.election, evidence, advances)


def test_each_vote_has_the_fate_that_comes_first() -> None:
    """Superseded before excluded (6) before revoked (3, by paper) before counted (4)."""
    assert replayed().fates == Fates(superseded=(1, 6), excluded=(3, 8), revoked=(2, 5), counted=(4, 7))


def test_excluded_vote_that_does_not_advance_leaves_the_chain_as_it_was() -> None:
    """6 does not advance, so 7 replaces nothing; 3 and 8 leave their voters without a head."""
    found = replayed(lambda _vote, _facts: False)
    assert found.fates == Fates(superseded=(1,), excluded=(3, 6, 8), revoked=(2, 5), counted=(4, 7))
    assert {head.index for head in found.heads.values()} == {2, 4, 5, 7}


def test_what_stands_after_final_is_not_looked_at() -> None:
    world, evidence = finished()
    again = replace(evidence.log, entries=(*evidence.log.entries, evidence.log.entries[VOTES]))
    assert replay(world.election, replace(evidence, log=again), lambda _vote, _facts: True).fates == replayed().fates


def test_vote_without_a_fate_is_noticed() -> None:
    found = replayed()
    world, _ = finished()
    lost = replace(found, fates=replace(found.fates, excluded=(3,)))
    for known in (found, lost):
        fates = known.fates
        sets = [
            ("accepted", tuple(range(1, VOTES + 1))),
            ("superseded", fates.superseded),
            ("excluded", fates.excluded),
            ("revoked", fates.revoked),
            ("counted", fates.counted),
        ]
        made = tuple(VoteSet(name, "00" * 32, votes) for name, votes in sets)  # type: ignore[arg-type]
        shown = tuple(SetTotal(each.name, len(each.votes), commitment(each)) for each in made)
        print_of = world.election.fingerprint
        accounts = Accounts(
            Accounting("valik/v1/accounting", print_of, shown),
            AccountingSets("valik/v1/accounting-sets", print_of, made),
        )
        if known is found:
            b6_every_vote_has_one_fate(accounts, known)
        else:
            with pytest.raises(RuleBroken, match=EVERY_VOTE):
                b6_every_vote_has_one_fate(accounts, known)


# --- when an excluded vote advances its chain


def test_vote_that_only_came_late_advances_its_chain() -> None:
    vote = replayed().votes[2]
    assert advances_chain(vote.candidate, vote.facts)


def test_vote_that_does_not_continue_its_chain_does_not_advance_it() -> None:
    vote = replayed().votes[2]
    assert not advances_chain(vote.candidate, replace(vote.facts, head=None))
    assert not advances_chain(vote.candidate, replace(vote.facts, head=SOMEBODY))


def test_vote_with_a_wrong_signature_does_not_advance_its_chain() -> None:
    vote = replayed().votes[2]
    signed = decode(SignedBallot, vote.candidate.raw)
    header, payload, signature = signed.statement.split(".")
    changed = bytearray(from_base64url(signature))
    changed[47] ^= 1
    forged = replace(signed, statement=f"{header}.{payload}.{to_base64url(bytes(changed))}")
    assert not advances_chain(Candidate(encode(forged), vote.candidate.ocsp), vote.facts)


def test_vote_with_an_expired_certificate_does_not_advance_its_chain() -> None:
    vote = replayed().votes[2]
    assert not advances_chain(vote.candidate, replace(vote.facts, time=vote.facts.time + 50 * 365 * 86_400))
