"""C1, C2, C7, C8, C9, C12: bytes posted to the collector's voting port that some rule of casting forbids."""

from __future__ import annotations

from collections.abc import Callable

from common.checks.check import CheckList
from common.encoding.times import to_rfc3339
from common.messages.ballot import ballot_digest
from common.messages.message import encode
from common.messages.roll import RollChange, RollEntry
from common.messages.vote import SignedBallot
from tests.claims.attack_tools import ISLANDERS, STRANGERS, Scene, encoded
from tests.claims.bases import Bases
from tests.claims.case import Case

Attack = Callable[[Scene], bytes]
ELSEWHERE = "ab" * 32
"""A digest of something else."""


def casting(bases: Bases, mutate: Attack, checks: CheckList) -> object:
    """Someone posts bytes to the collector."""
    scene = bases.scene(checks)
    return scene.post(mutate(scene))


def honest(scene: Scene) -> bytes:
    return scene.raw()


# --- C1


def padded(scene: Scene) -> bytes:
    return scene.raw() + b" "


def unknown_field(scene: Scene) -> bytes:
    return scene.raw().replace(b'{"ballot":{', b'{"ballot":{"again":1,', 1)


def over_the_limit(scene: Scene) -> bytes:
    """An islander's ballot, with three contests, is well made but over this election's limit."""
    islander = Scene.open(scene.world, scene.voters, ISLANDERS[0])
    scene.view = islander.view
    return islander.raw()


def statement_of_another_form(scene: Scene) -> bytes:
    payload = encode(scene.statement()).replace(b"valik/v1/vote", b"valik/v2/vote")
    jws = scene.citizen.card.sign(payload, scene.world.clock())
    return encode(SignedBallot(scene.prepared.ballot, jws))


# --- C2


def statement_for_another_election(scene: Scene) -> bytes:
    return scene.raw(fingerprint=ELSEWHERE)


def ballot_of_another_election(scene: Scene) -> bytes:
    return scene.raw(scene.ballot(encoded(scene.election, "board", "wishes"), fingerprint=ELSEWHERE))


def stated_before_opening(scene: Scene) -> bytes:
    return scene.raw(time=to_rfc3339(scene.election.opens - 1))


def stated_after_closing(scene: Scene) -> bytes:
    scene.world.clock.now = scene.election.closes + 5
    scene.log_in_again()
    return scene.raw(time=to_rfc3339(scene.election.closes + 1))


def recorded_after_grace(scene: Scene) -> bytes:
    times = scene.election.manifest.times
    scene.world.clock.now = scene.election.closes + times.grace - times.intake_margin + 1
    scene.log_in_again()
    return scene.raw(time=to_rfc3339(scene.election.closes))


def held_back_for_hours(scene: Scene) -> bytes:
    """A collector, or a virus, keeps a signed vote and posts it when it suits."""
    raw = scene.raw()
    scene.world.clock.now += 7_200
    scene.log_in_again()
    return raw


def held_back_into_the_margin(scene: Scene) -> bytes:
    """Young enough still for an audit, but the witnesses might not see it in time."""
    raw, times = scene.raw(), scene.election.manifest.times
    scene.world.clock.now += times.max_age + times.skew - times.intake_margin + 1
    return raw


def from_the_future(scene: Scene) -> bytes:
    return scene.raw(time=to_rfc3339(scene.world.clock() + scene.election.manifest.times.skew + 1))


# --- C7


def not_on_the_roll(scene: Scene) -> bytes:
    stranger = Scene.open(scene.world, scene.voters, STRANGERS[0])
    scene.view = stranger.view
    return stranger.raw()


def struck_off(scene: Scene) -> bytes:
    scene.world.change_roll([RollChange(scene.voter, None)])
    return scene.raw(roll_version=scene.again().view.roll_version)


def stale_roll_version(scene: Scene) -> bytes:
    """The voter's name was corrected after the client looked: same unit, but the row changed."""
    row = RollEntry(scene.voter, "Corrected Name", scene.prepared.ballot.unit)
    scene.world.change_roll([RollChange(scene.voter, row)])
    return scene.raw()


def roll_version_to_come(scene: Scene) -> bytes:
    return scene.raw(roll_version=scene.view.roll_version + 1)


def wrong_unit(scene: Scene) -> bytes:
    return scene.raw(scene.ballot(encoded(scene.election, "board", "wishes"), unit="land"))


def contest_missing(scene: Scene) -> bytes:
    return scene.raw(scene.ballot(encoded(scene.election, "board")))


def contests_swapped(scene: Scene) -> bytes:
    return scene.raw(scene.ballot(encoded(scene.election, "wishes", "board")))


def contest_extra(scene: Scene) -> bytes:
    """A mainlander votes on the island's bridge instead of on the wishes, for three would be over the limit."""
    return scene.raw(scene.ballot(encoded(scene.election, "board", "bridge")))


# --- C8


def statement_about_another_ballot(scene: Scene) -> bytes:
    return scene.raw(scene.prepared.ballot, ballot=ballot_digest(scene.again().prepared.ballot))


def copied_ballot(scene: Scene) -> bytes:
    """Cortier and Smyth 2011: cast another voter's ballot as one's own, to learn from the result what it holds."""
    other = scene.another()
    while other.prepared.ballot.unit != scene.prepared.ballot.unit:
        other = scene.another()
    return scene.raw(other.prepared.ballot)


# --- C9


def sequence_skipped(scene: Scene) -> bytes:
    return scene.raw(sequence=2)


def supersedes_another_vote(scene: Scene) -> bytes:
    return scene.raw(supersedes=ELSEWHERE)


def second_vote_called_first(scene: Scene) -> bytes:
    scene.post(scene.raw())
    return scene.again().raw(sequence=1, supersedes=None)


def old_vote_as_the_newest(scene: Scene) -> bytes:
    """A vote that was signed but never arrived, posted after the voter voted anew."""
    old = scene.raw()
    scene.post(scene.again().raw())
    return old


# --- C12


def one_too_many(scene: Scene) -> bytes:
    scene.post(scene.raw())
    for _ in range(scene.election.manifest.policies.votes_per_hour - 1):
        scene.post(scene.again().raw())
    return scene.again().raw()


def _case(check: str, mutate: Attack, then: str | None = None) -> Case[Scene, bytes]:
    return Case(check, mutate, casting, then)


CASES = (
    _case("C1", padded, "C2"),
    _case("C1", unknown_field, "C2"),
    _case("C1", over_the_limit),
    _case("C1", statement_of_another_form, "C2"),
    _case("C2", statement_for_another_election),
    _case("C2", ballot_of_another_election),
    _case("C2", stated_before_opening),
    _case("C2", stated_after_closing),
    _case("C2", recorded_after_grace),
    _case("C2", held_back_for_hours),
    _case("C2", held_back_into_the_margin),
    _case("C2", from_the_future),
    _case("C7", not_on_the_roll),
    _case("C7", struck_off),
    _case("C7", stale_roll_version),
    _case("C7", roll_version_to_come),
    _case("C7", wrong_unit),
    _case("C7", contest_missing),
    _case("C7", contests_swapped),
    _case("C7", contest_extra),
    _case("C8", statement_about_another_ballot),
    _case("C8", copied_ballot),
    _case("C9", sequence_skipped),
    _case("C9", supersedes_another_vote),
    _case("C9", second_vote_called_first),
    _case("C9", old_vote_as_the_newest),
    _case("C12", one_too_many),
)
