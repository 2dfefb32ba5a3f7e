"""Voting may be extended while it runs, never opened again; an abandoned election takes and counts nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import pytest

from collector.collector import Collector
from common.checks.catalogue import COMPLETE
from common.checks.floors import MAXIMUM_EXTENSION_SECONDS
from common.encoding.times import from_rfc3339, to_rfc3339
from common.errors import CheckFailed, IdentityError, Party, RuleBroken, ServiceRefused
from common.log.entries import EntryKind
from common.messages.acts import Signed
from common.ports import Lapsed, Unavailable, WitnessPort
from scenarios.stage import ADA, make_stage
from scenarios.villains import Line, act_entry, forger, lines_of, mallory, with_phases
from scenarios.world import Citizen, World
from tallier.process import find_faults, process
from tests.claims import cases_phases
from tests.claims.attack_tools import CHOICES, MAINLANDERS, STRANGERS, collector_keys, staged
from tests.claims.bases import Bases
from tests.claims.dossier import audited, trustee_anew

HOUR = 3_600


@dataclass(slots=True)
class Switched:
    """A witness that can be out of service."""

    witness: WitnessPort
    down: bool = False

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], note: str) -> str:
        if self.down:
            raise Unavailable("this witness is out of service")
        return self.witness.add_checkpoint(old_size, proof, note)


@dataclass(slots=True)
class Election:
    """An election that runs, and the switches of its witnesses."""

    world: World
    switches: tuple[Switched, ...]

    @property
    def closes(self) -> int:
        return self.world.election.closes

    def witnesses(self, *, down: bool) -> None:
        for switch in self.switches:
            switch.down = down

    def voters(self, count: int) -> list[Citizen]:
        return [self.world.citizen(person) for person in islice(MAINLANDERS, count)]

    def at(self, seconds: int) -> None:
        """So many seconds after the manifest's end of voting."""
        self.world.clock.now = self.closes + seconds

    def restart(self) -> None:
        """The collector stops, and is started again on its store."""
        old = self.world
        self.world.collector = Collector(
            old.election,
            old.roll,
            collector_keys(old),
            old.collector._store,
            self.switches,
            old.responder,
            old.clock,
            old.checks,
        )

    def extension(self, seconds: int = HOUR) -> Signed:
        """The authority's, to so many seconds after the manifest's end."""
        closes = to_rfc3339(self.closes + seconds)
        return self.world.authority.extend(self.world.election, closes, "the service was down")

    def submit(self, signed: Signed) -> int:
        return self.world.collector.submit_act(signed)


@pytest.fixture
def election(bases: Bases) -> Election:
    world = staged(bases.world)
    world.trustees = tuple(trustee_anew(world, number, world.checks) for number in (1, 2, 3))
    found = Election(world, tuple(map(Switched, world.witnesses)))
    found.restart()
    return found


# --- extension


def test_votes_are_taken_until_the_extended_end_and_not_after(election: Election) -> None:
    world = election.world
    voters = election.voters(5)
    for voter in voters[:3]:
        world.vote(voter, CHOICES)
    election.at(-10)
    assert world.session(voters[3]).closes == to_rfc3339(election.closes)
    world.extend(election.closes + HOUR)
    election.at(HOUR)
    assert world.session(voters[3]).closes == to_rfc3339(election.closes + HOUR)
    world.vote(voters[3], CHOICES)
    election.at(HOUR + 1)
    with pytest.raises(CheckFailed, match="outside the voting period") as refused:
        world.vote(voters[4], CHOICES)
    assert refused.value.check == "C2"
    world.close()
    world.finalise()
    tallied = world.tally([1, 3])
    assert tallied.counted.result.totals[0].ballots == 4


def test_without_an_extension_the_same_vote_is_refused(election: Election) -> None:
    (voter,) = election.voters(1)
    election.at(HOUR)
    with pytest.raises(CheckFailed, match="outside the voting period"):
        election.world.vote(voter, CHOICES)


def test_collector_extends_to_the_last_second_and_never_opens_voting_again(election: Election) -> None:
    election.at(1)
    with pytest.raises(ServiceRefused, match="cannot be opened again"):
        election.submit(election.extension())
    election.at(0)
    election.submit(election.extension())
    election.at(HOUR)
    election.submit(election.extension(2 * HOUR))
    election.at(2 * HOUR + 1)
    with pytest.raises(ServiceRefused, match="cannot be opened again"):
        election.submit(election.extension(3 * HOUR))


@pytest.mark.parametrize("seconds", [0, -HOUR])
def test_collector_refuses_an_extension_that_is_none(election: Election, seconds: int) -> None:
    with pytest.raises(RuleBroken, match="later end"):
        election.submit(election.extension(seconds))


def test_collector_refuses_to_take_an_extension_back(election: Election) -> None:
    election.submit(election.extension())
    for seconds in (HOUR - 1, 600):
        with pytest.raises(RuleBroken, match="later end"):
            election.submit(election.extension(seconds))
    election.submit(election.extension(HOUR + 1))


def test_collector_extends_by_a_week_at_most(election: Election) -> None:
    with pytest.raises(RuleBroken, match="a week"):
        election.submit(election.extension(MAXIMUM_EXTENSION_SECONDS + 1))
    election.submit(election.extension(MAXIMUM_EXTENSION_SECONDS))


def test_collector_refuses_foreign_extensions_and_abandonments(election: Election) -> None:
    world, size = election.world, election.world.log_size()
    for signed in (election.extension(), world.authority.abandon(world.election, size, "the key is lost")):
        forged = replace(signed, signature=world.authority.abandon(world.election, size + 1, "no").signature)
        with pytest.raises(IdentityError):
            election.submit(forged)
    other = replace(world.election, fingerprint="cd" * 32)
    with pytest.raises(RuleBroken, match="another election"):
        election.submit(world.authority.extend(other, to_rfc3339(election.closes + HOUR), "elsewhere"))
    for wrong in (
        world.authority.abandon(other, size, "no"),
        world.authority.abandon(world.election, size + 1, "no"),
    ):
        with pytest.raises(RuleBroken, match="another election, kind or tree size"):
            election.submit(wrong)


def test_log_closes_at_the_extended_end_and_not_before(election: Election) -> None:
    world = election.world
    election.submit(election.extension())
    for seconds in (1, HOUR - 1):
        election.at(seconds)
        with pytest.raises(ServiceRefused, match="still open"):
            world.order("close")
    election.at(HOUR)
    world.order("close")
    with pytest.raises(ServiceRefused, match="cannot be opened again"):
        election.submit(election.extension(2 * HOUR))


def test_extension_holds_after_a_restart(election: Election) -> None:
    election.submit(election.extension())
    election.restart()
    (voter,) = election.voters(1)
    election.at(HOUR)
    election.world.vote(voter, CHOICES)
    assert election.submit(election.extension()) == 1, "the same act is not logged twice"


def test_extension_that_the_witnesses_see_too_late_moves_nothing(election: Election, bases: Bases) -> None:
    """The election goes on and can be counted; its audit says what happened."""
    world, voters = election.world, election.voters(4)
    for voter in voters[:3]:
        world.vote(voter, CHOICES)
    election.witnesses(down=True)
    election.at(-10)
    with pytest.raises(Unavailable):
        election.submit(election.extension())
    election.witnesses(down=False)
    election.at(world.election.manifest.times.grace + 1)
    for _restarted in range(2):
        with pytest.raises(Lapsed, match="the end of voting stands"):
            election.submit(election.extension())
        with pytest.raises(CheckFailed, match="outside the voting period"):
            world.vote(voters[3], CHOICES)
        election.restart()
    world.close()
    world.finalise()
    tallied = world.tally([1, 3])
    assert tallied.counted.result.totals[0].ballots == 3
    report = audited(bases.dossier, world.record(tallied), world.checks)
    assert report.passed, report.broken
    assert any("was seen too late and moved nothing" in note for note in report.notes)


def test_nothing_is_decided_while_an_extension_waits_for_witnesses(election: Election) -> None:
    """Neither are votes taken on its strength, nor is the log closed as if it were not there."""
    world, (voter,) = election.world, election.voters(1)
    election.witnesses(down=True)
    election.at(-10)
    with pytest.raises(Unavailable):
        election.submit(election.extension())
    election.at(10)
    close = world.authority.order(world.election, "close", 2)
    with pytest.raises(Unavailable, match="waits for the witnesses"):
        election.submit(close)
    with pytest.raises(CheckFailed, match="outside the voting period"):
        world.vote(voter, CHOICES)
    election.witnesses(down=False)
    assert election.submit(election.extension()) == 1
    with pytest.raises(ServiceRefused, match="still open"):
        election.submit(close)
    world.vote(voter, CHOICES)


def test_vote_logged_before_the_extension_keeps_to_the_old_end(election: Election) -> None:
    """It was covered in time for its own end; what the collector finds at its completion is what an audit finds."""
    world, (voter,) = election.world, election.voters(1)
    election.at(-20)
    session = world.session(voter)
    election.witnesses(down=True)
    with pytest.raises(Unavailable):
        session.cast(session.prepare(CHOICES))
    with pytest.raises(Unavailable):
        election.submit(election.extension())
    election.witnesses(down=False)
    election.at(300 - 20)
    assert session.retry().receipt.index == 1
    assert election.submit(election.extension()) == 2


@pytest.mark.parametrize(("extension_first", "faults"), [(True, []), (False, [(4, "C2")])])
def test_extension_holds_for_what_is_logged_after_it(extension_first: bool, faults: list[tuple[int, str]]) -> None:
    """A vote signed a minute after the old end, and an extension that the witnesses saw in time, either way round."""
    stage = make_stage(COMPLETE, hostile=(Party.COLLECTOR,))
    stage.honest_votes(3)
    world, end = stage.world, stage.world.election.closes
    world.clock.now = end + 60
    voter = mallory(world, stage.voter().card)
    prepared = voter.prepare("south", *ADA)
    voter.cast(prepared.ballot, prepared.salt)
    world.close()
    act = world.authority.extend(world.election, to_rfc3339(end + HOUR), "the service was down")
    evidence = world.collector.evidence()
    *votes, (vote, _), _close = lines_of(world.election, evidence.log)
    moving = [(vote, end + 70), (act_entry(act, EntryKind.EXTENSION), end + 70)]
    lines: list[Line] = [*votes, *(moving[::-1] if extension_first else moving), (EntryKind.CLOSE, end + HOUR)]
    both = replace(evidence, acts=(*evidence.acts, act))
    closed = with_phases(world, both, lines, forger(world.election, stage.keyring))
    found = find_faults(world.election, closed, world.checks)
    assert [(fault.index, fault.check) for fault in found] == faults


# --- abandonment


def test_abandoned_election_takes_no_votes_and_no_acts_and_shows_its_evidence(election: Election) -> None:
    world, voters = election.world, election.voters(2)
    vote = world.vote(voters[0], CHOICES)
    with pytest.raises(ServiceRefused, match="stays shut"):
        world.collector.evidence()
    index = world.abandon()
    assert [str(entry.kind) for entry in world.collector.evidence().log.entries] == ["open", "vote", "abandonment"]
    for _restarted in range(2):
        with pytest.raises(ServiceRefused, match="abandoned"):
            world.vote(voters[1], CHOICES)
        for act in (
            election.extension(),
            world.authority.order(world.election, "close", index + 1),
            world.authority.revoke(world.election, [voters[0].card.voter_id], "paper"),
            world.authority.abandon(world.election, index + 1, "once more"),
        ):
            with pytest.raises(ServiceRefused, match="nothing can follow"):
                election.submit(act)
        election.restart()
    assert len(world.collector.evidence().votes) == 1
    assert world.verify(world.code(vote)).latest, "a voter still sees the vote that will not be counted"


def test_closed_election_can_be_abandoned_but_not_a_finished_one(election: Election) -> None:
    world = election.world
    election.at(HOUR)
    world.order("close")
    world.order("final")
    with pytest.raises(ServiceRefused, match="nothing can follow"):
        world.abandon()


def test_closed_election_once_abandoned_never_gets_its_final(election: Election) -> None:
    world = election.world
    election.at(HOUR)
    world.order("close")
    world.abandon()
    with pytest.raises(ServiceRefused, match="nothing can follow"):
        world.order("final")


def test_nobody_counts_an_abandoned_election(election: Election, bases: Bases) -> None:
    """Processor and trustee name L6, whatever aggregates they are asked about."""
    world = election.world
    for voter in election.voters(3):
        world.vote(voter, CHOICES)
    world.abandon()
    evidence = world.collector.evidence()
    with pytest.raises(CheckFailed, match="no final tree: the election was abandoned") as refused:
        process(world.election, evidence, world.checks)
    assert (refused.value.check, refused.value.at_fault) == ("L6", Party.AUTHORITY)
    with pytest.raises(CheckFailed, match="no final tree: the election was abandoned"):
        world.trustees[0].answer(world.manifest, world.ceremony.proof, evidence, bases.dossier.aggregates)


def test_audit_of_an_abandoned_election_says_so(bases: Bases) -> None:
    counted = bases.dossier.retallied(cases_phases.abandoned(bases.dossier))
    for sworn in (True, False):
        report = audited(counted, counted.files(sworn=sworn), bases.world.checks)
        assert not report.passed
        assert "The election was abandoned, there is no result: the key is lost" in report.notes
        assert report.contests == ()


def test_session_says_until_when_votes_are_taken(election: Election) -> None:
    """A stranger, too: whether somebody is on the roll is another matter."""
    closes = election.world.session(election.world.citizen(STRANGERS[0])).closes
    assert from_rfc3339(closes) == election.closes
