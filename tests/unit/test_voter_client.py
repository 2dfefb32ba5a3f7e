"""The voter's client believes nothing but a checked receipt, and shows what it knows before it replaces a vote."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from common.encoding.times import to_rfc3339
from common.errors import CheckFailed, RuleBroken, ServiceRefused
from common.messages.receipt import Receipt, SessionView, SignedLatest, sign_latest
from common.messages.roll import RollChange, RollEntry
from common.ports import Lapsed
from scenarios.world import Citizen, World
from tests.conftest import CHOICES, PEOPLE
from voter_client.cast import VotingSession
from voter_client.journal import Journal, VotedElsewhere
from voter_client.verification_code import make_code
from voter_client.watching import Origin, origin

OTHER_CHOICES = {"board": (0, 1, 0), "wishes": (0, 0, 0, 0)}


class Between:
    """Stands between the client and the collector: passes everything on, but for what a test replaces."""

    def __init__(self, world: World, **replaced: Callable[..., Any]) -> None:
        self._collector, self._replaced = world.collector, replaced
        self.posted: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return self._replaced.get(name) or getattr(self._collector, name)

    def cast(self, session: str, signed_ballot: bytes) -> Receipt:
        self.posted.append(signed_ballot)
        cast: Callable[[str, bytes], Receipt] = self._replaced.get("cast", self._collector.cast)
        return cast(session, signed_ballot)


@pytest.fixture
def citizen(world: World) -> Citizen:
    return world.citizen(PEOPLE[0])


def session(
    world: World, citizen: Citizen, between: Between, clock: Callable[[], int] | None = None
) -> VotingSession:
    return VotingSession(world.election, between, citizen.card, citizen.journal, clock or world.clock, world.checks)


# --- receipts


def test_a_vote_is_cast_once_its_receipt_is_checked(world: World, citizen: Citizen) -> None:
    vote = world.vote(citizen, CHOICES)
    assert citizen.journal.votes == [vote]
    world.recheck(citizen)


def damaged(world: World, citizen: Citizen) -> Iterator[tuple[str, Callable[[Receipt], Receipt]]]:
    """What a hostile collector may answer, and the check that sees it."""
    other = world.vote(world.citizen(PEOPLE[1]), CHOICES).receipt
    yield "R1", lambda receipt: replace(receipt, vote_id="0" * 32)
    yield "R1", lambda receipt: replace(receipt, ocsp=other.ocsp)
    yield "R1", lambda receipt: other
    yield "R2", lambda receipt: replace(receipt, index=receipt.index + 1)
    yield "R2", lambda receipt: replace(receipt, proof=())
    yield "R2", lambda receipt: replace(receipt, checkpoint=other.checkpoint)
    yield "R3", lambda receipt: replace(receipt, checkpoint=receipt.checkpoint[: receipt.checkpoint.rindex("— ")])
    assert citizen.journal.votes == []


@pytest.mark.parametrize("number", range(7))
def test_a_bad_receipt_is_no_cast_vote(world: World, citizen: Citizen, number: int) -> None:
    check, damage = list(damaged(world, citizen))[number]
    if check == "R3":  # one cosignature less is still a quorum: take two away
        once = damage

        def damage(receipt: Receipt) -> Receipt:
            return once(once(receipt))

    voting = session(world, citizen, Between(world, cast=lambda s, raw: damage(world.collector.cast(s, raw))))
    with pytest.raises(CheckFailed) as refused:
        voting.cast(voting.prepare(CHOICES))
    assert refused.value.check == check
    assert citizen.journal.votes == []
    assert citizen.journal.seen is None


def test_a_retry_gives_the_same_receipt(world: World, citizen: Citizen) -> None:
    between = Between(world)
    voting = session(world, citizen, between)
    first = voting.cast(voting.prepare(CHOICES))
    world.clock.now += 100
    assert voting.retry() == first
    assert between.posted == [first.signed_ballot] * 2
    assert sum(entry == first.receipt.entry.encode() for entry in world.collector._store.leaves()) == 1


def test_a_retry_before_anything_was_posted_is_refused(world: World, citizen: Citizen) -> None:
    with pytest.raises(ServiceRefused, match="nothing has been posted"):
        world.session(citizen).retry()


def test_too_few_witnesses_are_no_receipt_but_a_retry_is(
    world: World, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    def out_of_service(*_arguments: object) -> str:
        raise ServiceRefused("out of service")

    voting = session(world, citizen, Between(world))
    prepared = voting.prepare(CHOICES)
    with monkeypatch.context() as outage:
        for witness in world.witnesses[:2]:
            outage.setattr(witness, "add_checkpoint", out_of_service)
        with pytest.raises(ServiceRefused, match="witnesses"):
            voting.cast(prepared)
        with pytest.raises(ServiceRefused, match="witnesses"):
            voting.retry()
        assert citizen.journal.votes == []
    vote = voting.retry()
    assert citizen.journal.votes == [vote]
    assert world.verify(world.code(vote)).choices == CHOICES


def test_the_same_vote_posted_twice_at_once_is_recorded_once(
    world: World, citizen: Citizen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that gives up waiting posts again while the first request still asks for the certificate's status."""
    voting = session(world, citizen, between := Between(world))
    respond = world.responder.respond
    inner: list[Receipt] = []

    def respond_late(request: bytes) -> bytes:
        monkeypatch.setattr(world.responder, "respond", respond)
        inner.append(world.collector.cast(voting._view.session, between.posted[0]))
        return respond(request)

    monkeypatch.setattr(world.responder, "respond", respond_late)
    vote = voting.cast(voting.prepare(CHOICES))
    assert [vote.receipt] == inner
    assert [vote.receipt.index for vote in citizen.journal.votes] == [1]


# --- what the client compares


def test_the_earlier_vote_is_shown_before_it_is_replaced(world: World, citizen: Citizen) -> None:
    assert world.session(citizen).earlier is None
    first = world.vote(citizen, CHOICES)
    cast_at = world.clock.now
    world.clock.now += 60
    earlier = world.session(citizen).earlier
    assert earlier is not None
    assert (earlier.digest, earlier.sequence, earlier.time) == (first.digest, 1, to_rfc3339(cast_at))
    assert world.vote(citizen, OTHER_CHOICES).sequence == 2


def test_a_forgotten_vote_is_noticed_at_the_next_session(world: World, citizen: Citizen) -> None:
    world.vote(citizen, CHOICES)

    def forget(nonce: str, token: str) -> SessionView:
        return replace(world.collector.open_session(nonce, token), earlier=None)

    with pytest.raises(ServiceRefused, match="newest receipt"):
        session(world, citizen, Between(world, open_session=forget))


def test_a_reordered_vote_is_noticed_at_the_next_session(world: World, citizen: Citizen) -> None:
    world.vote(citizen, CHOICES)
    old = world.session(citizen).earlier
    world.vote(citizen, OTHER_CHOICES)

    def reorder(nonce: str, token: str) -> SessionView:
        return replace(world.collector.open_session(nonce, token), earlier=old)

    with pytest.raises(ServiceRefused, match="newest receipt"):
        session(world, citizen, Between(world, open_session=reorder))


def lapse(world: World, citizen: Citizen, choices: dict[str, tuple[int, ...]]) -> None:
    """A vote that the witnesses see too late: recorded, but there will be no receipt."""
    world.witness_clock.by = 1_000
    with pytest.raises(Lapsed):
        world.vote(citizen, choices)
    world.witness_clock.by = 0
    world.clock.now += 1_000


def test_a_lapsed_vote_can_be_replaced(world: World, citizen: Citizen) -> None:
    world.vote(citizen, CHOICES)
    lapse(world, citizen, CHOICES)
    assert world.vote(citizen, OTHER_CHOICES).sequence == 3
    assert [vote.sequence for vote in citizen.journal.votes] == [1, 3]


def test_a_lapsed_vote_that_was_replaced_cannot_be_the_latest_again(world: World, citizen: Citizen) -> None:
    lapse(world, citizen, CHOICES)
    lapsed = world.session(citizen).earlier
    world.vote(citizen, OTHER_CHOICES)

    def reorder(nonce: str, token: str) -> SessionView:
        return replace(world.collector.open_session(nonce, token), earlier=lapsed)

    with pytest.raises(ServiceRefused, match="newest receipt"):
        session(world, citizen, Between(world, open_session=reorder))


def test_what_may_be_the_own_lapsed_vote_is_known_by_its_number_alone(world: World, citizen: Citizen) -> None:
    world.vote(citizen, CHOICES)
    lapse(world, citizen, CHOICES)
    earlier = world.session(citizen).earlier
    assert earlier is not None
    assert citizen.journal.may_be_own(earlier)
    assert citizen.journal.may_be_own(replace(earlier, digest="ab" * 32))  # nothing else could tell
    assert not citizen.journal.may_be_own(replace(earlier, sequence=3))
    with pytest.raises(VotedElsewhere):
        citizen.journal.require_known(replace(earlier, sequence=3))


def test_a_lapsed_vote_is_not_called_strange_after_a_later_one_was_cast(world: World, citizen: Citizen) -> None:
    lapse(world, citizen, CHOICES)
    vote = world.vote(citizen, OTHER_CHOICES)
    world.vote(replace(citizen, journal=Journal(world.election)), CHOICES)  # with another client
    found = [
        origin(notice, citizen.journal)
        for notice in world.collector.notices(world.collector.subscribe(token(world, citizen)), 0)
    ]
    assert found == [Origin.PERHAPS_HERE, Origin.HERE, Origin.ELSEWHERE]
    assert (vote.sequence, citizen.journal.unsettled) == (2, ())


def token(world: World, citizen: Citizen) -> str:
    nonce = world.collector.challenge()
    made = citizen.card.authenticate(world.election.manifest.collector.address, nonce)
    return world.collector.open_session(nonce, made).session


def test_a_vote_recorded_meanwhile_is_shown_before_it_is_replaced(world: World, citizen: Citizen) -> None:
    between = Between(world)
    voting = session(world, citizen, between)
    prepared = voting.prepare(CHOICES)
    world.vote(replace(citizen, journal=Journal(world.election)), OTHER_CHOICES)  # with another client
    with pytest.raises(ServiceRefused, match="meanwhile"):
        voting.cast(prepared)
    assert between.posted == []


@pytest.mark.parametrize("off", [-31, 31, 86_400])
def test_a_clock_that_differs_is_refused(world: World, citizen: Citizen, off: int) -> None:
    between = Between(world)
    with pytest.raises(RuleBroken, match="clock"):
        session(world, citizen, between, lambda: world.clock.now + off)
    session(world, citizen, between, lambda: world.clock.now + (30 if off > 0 else -30))


def test_the_clock_is_compared_again_just_before_signing(world: World, citizen: Citizen) -> None:
    def backdate(token: str) -> SessionView:
        return replace(world.collector.refresh(token), time=to_rfc3339(world.clock.now - 31))

    between = Between(world, refresh=backdate)
    voting = session(world, citizen, between)
    with pytest.raises(RuleBroken, match="clock"):
        voting.cast(voting.prepare(CHOICES))
    assert between.posted == []


def test_a_stale_roll_version_is_refused_and_the_next_session_works(world: World, citizen: Citizen) -> None:
    voting = session(world, citizen, Between(world))
    voting.sign(voting.prepare(CHOICES))
    voter = citizen.card.voter_id
    world.change_roll([RollChange(voter, RollEntry(voter, "Someone", "north"))])
    with pytest.raises(CheckFailed) as refused:
        voting.retry()
    assert refused.value.check == "C7"
    assert citizen.journal.votes == []
    assert world.vote(citizen, CHOICES).sequence == 1


def test_a_ballot_of_a_unit_that_the_voter_has_left_is_not_signed(world: World, citizen: Citizen) -> None:
    between = Between(world)
    voting = session(world, citizen, between)
    prepared = voting.prepare(CHOICES)  # for the unit of this moment
    voter = citizen.card.voter_id
    world.change_roll([RollChange(voter, RollEntry(voter, "Someone", "south"))])
    with pytest.raises(ServiceRefused, match="unit south"):
        voting.cast(prepared)
    assert (between.posted, citizen.journal.posted) == ([], None)
    assert voting.cast(voting.prepare(CHOICES)).sequence == 1


@pytest.mark.parametrize(
    ("unit", "contests"), [("north", ()), ("north", ("board",)), ("nowhere", ()), (None, ("board",))]
)
def test_a_view_that_contradicts_the_manifest_is_refused(
    world: World, citizen: Citizen, unit: str | None, contests: tuple[str, ...]
) -> None:
    def other(nonce: str, token: str) -> SessionView:
        return replace(world.collector.open_session(nonce, token), unit=unit, contests=contests)

    with pytest.raises(RuleBroken):
        session(world, citizen, Between(world, open_session=other))


def test_someone_not_on_the_roll_cannot_prepare_a_ballot(world: World) -> None:
    voting = world.session(world.citizen(PEOPLE[15]))
    with pytest.raises(ServiceRefused, match="not on the voter roll"):
        voting.prepare(CHOICES)


@pytest.mark.parametrize(
    "choices",
    [
        *({"board": (1, 0, 0)}, {**CHOICES, "extra": (1, 0)}, {}),
        *({**CHOICES, "board": amounts} for amounts in [(0, 0, 0), (1, 1, 0), (2, 0, 0), (1, 0), (1, 0, 0, 0)]),
        *({**CHOICES, "wishes": amounts} for amounts in [(1, 1, 1, 0), (2, 0, 0, 0), (-1, 1, 0, 0), (0, 0, 0)]),
    ],
)
def test_choices_that_are_not_allowed_never_leave_the_client(
    world: World, citizen: Citizen, choices: dict[str, tuple[int, ...]]
) -> None:
    between = Between(world)
    voting = session(world, citizen, between)
    with pytest.raises(RuleBroken):
        voting.cast(voting.prepare(choices))
    assert between.posted == []


def test_each_ballot_has_a_fresh_seed_and_salt(world: World, citizen: Citizen) -> None:
    voting = world.session(citizen)
    one, other = voting.prepare(CHOICES), voting.prepare(CHOICES)
    assert one.seed != other.seed
    assert one.salt != other.salt
    assert one.ballot.pseudonym != other.ballot.pseudonym
    assert "seed" not in repr(one)


# --- checking again later


def test_a_rolled_back_log_is_noticed(world: World, citizen: Citizen) -> None:
    world.vote(citizen, CHOICES)
    old = world.collector.checkpoint()
    world.vote(world.citizen(PEOPLE[1]), CHOICES)
    world.recheck(citizen)
    seen = citizen.journal.seen
    hostile = Between(world, checkpoint=lambda: old, consistency=lambda older, newer: ())
    with pytest.raises(CheckFailed) as refused:
        citizen.journal.recheck(hostile, hostile, world.checks)
    assert (refused.value.check, citizen.journal.seen) == ("R4", seen)


def test_a_forgotten_vote_is_noticed_when_checking_again(world: World, citizen: Citizen) -> None:
    vote = world.vote(citizen, CHOICES)
    honest = world.collector.latest(vote.receipt.vote_id)
    key = world.collector._lookup._key
    world.recheck(citizen)
    for changes in ({"latest": False}, {"sequence": 2}, {"vote_id": "0" * 32}):
        answer: SignedLatest = sign_latest(replace(honest.answer, **changes), key)
        hostile = Between(world, latest=lambda _, answer=answer: answer)
        with pytest.raises(CheckFailed) as refused:
            citizen.journal.recheck(hostile, hostile, world.checks)
        assert refused.value.check == "R4"


def test_a_replaced_vote_is_not_the_latest_any_more(world: World, citizen: Citizen) -> None:
    first = world.vote(citizen, CHOICES)
    assert world.verify(world.code(first)).latest
    world.vote(citizen, OTHER_CHOICES)
    shown = world.verify(world.code(first))
    assert (shown.latest, shown.sequence, shown.choices) == (False, 1, CHOICES)
    world.recheck(citizen)


# --- with a verifying device


def test_a_code_of_another_election_is_refused(world: World, citizen: Citizen) -> None:
    vote = world.vote(citizen, CHOICES)
    other = make_code("f" * 64, vote.receipt.vote_id, vote.seed)
    with pytest.raises(RuleBroken, match="another election"):
        world.verify(other)


def test_a_code_with_another_seed_does_not_open_the_vote(world: World, citizen: Citizen) -> None:
    vote = world.vote(citizen, CHOICES)
    with pytest.raises(CheckFailed) as refused:
        world.verify(replace(world.code(vote), seed=bytes(32)))
    assert refused.value.check == "V3"
