"""Where an attack is played: a small election, and an observer who knows what everybody meant.

A hostile party runs no checks at all; every other party runs the same list, in which the laboratory has left some
out. For each size a key is dealt once and used by all stages: no attack that uses it is about the key.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Protocol

from auditor.audit import audit
from common.checks.check import CheckList
from common.checks.inspection import inspect
from common.crypto.cryptosystem import Cryptosystem
from common.eid.personal_code import voter_id
from common.errors import Party
from common.messages.draft import Draft
from common.messages.manifest import Policies, SingleContest, Times, Unit
from common.messages.roll import RollEntry
from common.tally.evidence import Evidence
from scenarios.country.population import Person, people
from scenarios.founding import create_world
from scenarios.keyring import Keyring, new_keyring
from scenarios.outcome import Found, Outcome, PartyChecks, Stopped, Verdict
from scenarios.sizes import TOY, laboratory_systems
from scenarios.world import Citizen, Tallied, World
from tallier.ceremony import Ceremony
from tallier.process import combine, process
from tallier.trustee_state import MemoryState, StateStore, TrusteeState
from voter_client.cast import CollectorForVoters, VotingSession
from voter_client.journal import CastVote

_EVERYONE = people(20, seed=29)
VOTERS, STRANGERS = _EVERYONE[:12], _EVERYONE[12:]
"""Who is on the roll, alternately in north and south; who has an ID card, but is on no roll."""
NOTHING = CheckList(())
"""What a hostile party runs."""
OPTIONS = ("Ada", "Ben", "Blank vote")
DRAFT = Draft(
    title="A laboratory election",
    times=Times("2027-03-01T09:00:00Z", "2027-03-02T09:00:00Z", 300, 300, 30, 60, 600, 1800),
    contests=(SingleContest("single", "chair", "Who takes the chair?", OPTIONS),),
    units=(
        Unit("land", "The land", None, ("chair",)),
        Unit("north", "North", "land", ("chair",)),
        Unit("south", "South", "land", ("chair",)),
    ),
    max_ballots=50,
    parameters=TOY,
    threshold=2,
    trustees=3,
    witnesses=3,
    quorum=2,
    hostile=0,
    policies=Policies("auditors", 2, 3, 20, 1_000_000, 200),
)
ADA, BEN, BLANK = (1, 0, 0), (0, 1, 0), (0, 0, 1)


@dataclass(frozen=True, slots=True)
class Announced:
    """What processor and trustees brought out, after the audit had nothing to say against it."""

    tallied: Tallied
    counts: tuple[int, ...]


@dataclass(slots=True)
class Stage:
    """One election with its hostile parties. Give attackers only what they control; the rest is the observer's."""

    world: World
    keyring: Keyring
    states: tuple[StateStore, ...]
    systems: Mapping[str, Cryptosystem]
    _people: Iterator[Person] = field(default_factory=lambda: iter(VOTERS))
    _meant: dict[str, tuple[int, ...]] = field(default_factory=dict)

    # --- people

    def voter(self) -> Citizen:
        """The next person on the roll, with an ID card and a client; in north and south by turns."""
        return self.world.citizen(next(self._people))

    def stranger(self, number: int = 0) -> Citizen:
        """Somebody with an ID card who is on no roll."""
        return self.world.citizen(STRANGERS[number])

    def vote(self, citizen: Citizen, choice: tuple[int, ...]) -> None:
        """An honest vote, a minute later."""
        self.world.clock.now += 60
        self.world.vote(citizen, {self.contest: choice})
        self.means(citizen, choice)

    def vote_through(self, collector: CollectorForVoters, citizen: Citizen, choice: tuple[int, ...]) -> CastVote:
        """An honest client votes, with this collector in the place of the true one."""
        world, checks = self.world, self.checks(Party.CLIENT)
        world.clock.now += 60
        self.means(citizen, choice)
        session = VotingSession(world.election, collector, citizen.card, citizen.journal, world.clock, checks)
        return session.cast(session.prepare({self.contest: choice}))

    def honest_votes(self, number: int = 4) -> list[Citizen]:
        """So many voters vote: two for Ada, two for Ben, and again."""
        voters = [self.voter() for _ in range(number)]
        for position, citizen in enumerate(voters):
            self.vote(citizen, (ADA, BEN)[position // 2 % 2])
        return voters

    # --- the observer

    @property
    def contest(self) -> str:
        return self.world.election.manifest.contests[0].id

    def means(self, citizen: Citizen, choice: tuple[int, ...] | None) -> None:
        """Note what this person wants to be counted; None for nothing."""
        if choice is None:
            self._meant.pop(citizen.card.voter_id, None)
        else:
            self._meant[citizen.card.voter_id] = choice

    @property
    def meant(self) -> tuple[int, ...]:
        """The counts that would be right."""
        options = len(self.world.election.manifest.contests[0].options)
        return tuple(sum(choice[option] for choice in self._meant.values()) for option in range(options))

    def in_words(self, counts: tuple[int, ...]) -> str:
        """Counts with the options' names."""
        options = self.world.election.manifest.contests[0].options
        return ", ".join(f"{option} {count}" for option, count in zip(options, counts, strict=True))

    def compare(self, announced: Announced, *evidence: str) -> Outcome:
        """The attack succeeded if what is announced is not what was meant."""
        return self.compare_counts(announced.counts, *evidence)

    def compare_counts(self, announced: tuple[int, ...], *evidence: str) -> Outcome:
        """The same for the counts of the first contest."""
        shown = (f"meant: {self.in_words(self.meant)}", f"announced: {self.in_words(announced)}", *evidence)
        if announced == self.meant:
            return Outcome(Verdict.PREVENTED, (), None, "", shown)
        differences = Counter({o: a - m for o, a, m in zip(OPTIONS, announced, self.meant, strict=False) if a != m})
        harm = "the announced result is wrong: " + ", ".join(f"{o} {by:+d}" for o, by in differences.items())
        return Outcome(Verdict.SUCCEEDED, (), None, harm, shown)

    # --- after the voting

    def count(self) -> Announced:
        """Close, look for votes to exclude, order `final`, count, audit. The first thing that is found ends it."""
        self.close()
        self.world.order("final")
        return self.announce(self.world.collector.evidence())

    def close(self) -> None:
        """Close the log; an honest processor then looks for votes that have to be excluded."""
        self.world.close()
        if self.checks(Party.PROCESSOR) is not NOTHING:
            self.require_faultless(self.world.collector.evidence())

    def require_faultless(self, evidence: Evidence) -> None:
        """What the processor finds before `final`: here, whatever it finds stops the attack."""
        election, checks = self.world.election, self.checks(Party.PROCESSOR)
        failures = inspect(election, evidence, checks, finished=False).reviewed.failures
        for _, failure in sorted(failures.items()):
            if isinstance(failure, Found):
                raise failure
            raise Stopped(failure.check, Party.PROCESSOR, failure.reason) from failure

    def announce(self, evidence: Evidence) -> Announced:
        """Processor, two trustees and a sworn auditor take this evidence."""
        tallied = self.tally(evidence)
        self.audit(self.world.record(tallied))
        return Announced(tallied, tallied.counted.result.totals[0].counts)

    def unaudited(self, evidence: Evidence) -> Announced:
        """The same, but no sworn auditor looks."""
        tallied = self.tally(evidence)
        return Announced(tallied, tallied.counted.result.totals[0].counts)

    def tally(self, evidence: Evidence) -> Tallied:
        """Processor and two trustees take this evidence."""
        election, checks = self.world.election, self.checks(Party.PROCESSOR)
        processed = process(election, evidence, checks)
        answers = self.world.answers(evidence, processed, [1, 2])
        return Tallied(evidence, processed, combine(election, processed.aggregates, answers, checks))

    def audit(self, files: Mapping[str, bytes]) -> None:
        """A sworn auditor takes a record; the first check that fails ends the attack."""
        world, auditor = self.world, Party.SWORN_AUDITOR if "sworn/roll.json" in files else Party.PUBLIC_AUDITOR
        report = audit(
            files,
            world.authority.public_key,
            world.election.fingerprint,
            self.systems,
            time.perf_counter,
            checks=self.checks(Party.SWORN_AUDITOR),
        )
        failed = [row for row in report.rows if row.result == "fail"] or [r for r in report.rows if not r.good]
        for row in failed:
            reasons = [failure.reason for failure in row.failures] or [row.reason]
            raise Stopped(tuple(row.id for row in failed), auditor, reasons[0])

    def checks(self, party: Party) -> CheckList:
        """What this party runs."""
        return self.world.run_by(party)


class MakeStage(Protocol):
    """What a scenario gets to play on."""

    def __call__(
        self,
        *,
        hostile: Collection[Party] = (),
        systems: Mapping[str, Cryptosystem] | None = None,
        voters: int = len(VOTERS),
        **changes: object,
    ) -> Stage:
        """An election at its opening, so many voters on the roll. `changes` replace fields of `DRAFT`.

        `systems` has one cryptosystem, of the attack's own; without it the key is of the size that was asked for.
        """


def make_stage(
    checks: CheckList,
    size: str = TOY,
    /,
    *,
    hostile: Collection[Party] = (),
    systems: Mapping[str, Cryptosystem] | None = None,
    voters: int = len(VOTERS),
    **changes: object,
) -> Stage:
    """A stage on which every party that is not hostile runs `checks`; `size` names the parameters of its key."""
    own_key, systems = systems is not None, systems or laboratory_systems(size)
    (name,) = systems
    draft = replace(DRAFT, **{"parameters": name, **changes})  # type: ignore[arg-type]
    own = {party: NOTHING if party in hostile else PartyChecks(checks, party) for party in Party}
    setting = (draft.threshold, draft.trustees, draft.witnesses)
    shared = not own_key and setting == (DRAFT.threshold, DRAFT.trustees, DRAFT.witnesses)
    dealt = _dealt_once(size) if shared else None
    keyring = dealt.keyring if dealt else new_keyring(draft)
    states = [_started_from(state) for state in dealt.states] if dealt else [MemoryState() for _ in keyring.trustees]
    world = create_world(
        draft,
        [RollEntry(voter_id(p.code), p.name, ("north", "south")[at % 2]) for at, p in enumerate(VOTERS[:voters])],
        systems=systems,
        checks=checks,
        checks_of=own,
        trustee_states=states,
        insecure_parameters=True,
        keyring=keyring,
        ceremony=dealt.ceremony if dealt else None,
    )
    return Stage(world, keyring, tuple(states), systems)


@dataclass(frozen=True, slots=True)
class _Dealt:
    """A ceremony that was held, and all keys of its election."""

    keyring: Keyring
    states: tuple[TrusteeState, ...]
    ceremony: Ceremony


def share_a_key(parameters: str) -> None:
    """Deal the key of all stages of this size now, while nothing is taken away from how keys are dealt."""
    _dealt_once(parameters)


@cache
def _dealt_once(parameters: str) -> _Dealt:
    systems = laboratory_systems(parameters)
    (name,) = systems
    draft = replace(DRAFT, parameters=name)
    keyring, states = new_keyring(draft), [MemoryState() for _ in range(draft.trustees)]
    world = create_world(draft, [], systems=systems, trustee_states=states, insecure_parameters=True, keyring=keyring)
    return _Dealt(keyring, tuple(state.load() for state in states), world.ceremony)


def _started_from(state: TrusteeState) -> MemoryState:
    store = MemoryState()
    store.save(state)
    return store
