"""A mock election in one process: the one who plays the population, and everyone else as they really are.

The driver knows what the voters mean; nobody else does. It plays a plan (who votes when, for what), collects what
went wrong on purpose, and at the end compares the announced result with a plain count of the intentions.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from common.checks.catalogue import COMPLETE
from common.eid.personal_code import parse_voter_id
from common.errors import CheckFailed, ServiceRefused
from common.messages.message import encode
from common.messages.receipt import SessionView
from common.messages.roll import RollEntry
from scenarios.ballot_factory import Wish, prepare_all
from scenarios.country.population import Person
from scenarios.definition.toml_file import Definition
from scenarios.founding import create_world
from scenarios.played import Played, Refusal, Stage, compare, in_per_cent
from scenarios.stopwatch import Stopwatch
from scenarios.wishes import Event, Plan, Stranger, expected
from scenarios.workplace import Workplace
from scenarios.world import Citizen, Tallied, World
from voter_client.prepare import PreparedBallot, sign_vote
from voter_client.verification_code import VerificationCode


class MockElection:
    """Plays one plan. `workplace` keeps what parties and voters must keep; `stage` shows progress."""

    def __init__(self, definition: Definition, plan: Plan, workplace: Workplace, stage: Stage) -> None:
        self._definition = definition
        self._plan = plan
        self._workplace = workplace
        self._stage = stage
        self._refusals: list[Refusal] = []
        self._watch = Stopwatch()
        self._votes = self._verified = 0

    def run(self, *, insecure_parameters: bool) -> Played:
        """Set up, vote, count, and compare; `SetupError` or `CheckFailed` if something that must work does not."""
        with self._watch.timed("key ceremony and set-up"):
            self._world = self._set_up(insecure_parameters)
        with self._watch.timed("voters' ID cards"):
            self._citizens = {row.voter: self._equip(row) for row in self._plan.voters(self._definition.roll)}
        with self._watch.timed("voting"):
            self._play()
        with self._watch.timed("closing, counting, opening"):
            tallied = self._count()
        with self._watch.timed("writing the record"):
            record = self._world.record(tallied)
            self._workplace.keep_record(record, self._world.authority.public_key, self._world.election.fingerprint)
        meant = expected(self._plan, self._definition.draft, self._definition.roll)
        result = tallied.counted.result
        return Played(
            result, meant, self._refusals, self._votes, self._verified, compare(result, meant), self._watch.stages
        )

    # --- before voting

    def _set_up(self, insecure_parameters: bool) -> World:
        draft = self._definition.draft
        return create_world(
            draft,
            self._definition.roll,
            checks=COMPLETE,
            store=self._workplace.collector_store(),
            trustee_states=[self._workplace.trustee_state(number + 1) for number in range(draft.trustees)],
            progress=in_per_cent(self._stage("Key ceremony: searching safe primes", 100)),
            insecure_parameters=insecure_parameters,
        )

    def _equip(self, row: RollEntry) -> Citizen:
        citizen = self._world.citizen(Person.named(row.name, parse_voter_id(row.voter)))
        self._workplace.keep_card(citizen.card)
        return citizen

    # --- while voting is open

    def _play(self) -> None:
        """All that happens, in order of time; ballots come from the factory in the order of `_wishes`."""
        report = self._stage("Voting: encrypt, prove, sign, cast", len(self._plan.events))
        manifest = encode(self._world.manifest)
        with closing(prepare_all(manifest, self._world.authority.public_key, self._wishes())) as ballots:
            for moment, happening in self._plan.in_order():
                self._world.clock.now = max(self._world.clock.now, moment)
                if isinstance(happening, Event):
                    self._vote(happening, next(ballots))
                elif isinstance(happening, Stranger):
                    self._turn_away(happening, next(ballots))
                else:
                    self._world.change_roll(happening)
                report(self._votes + len(self._refusals))

    def _wishes(self) -> Iterator[Wish]:
        """What the factory has to prepare, in the order in which it is needed."""
        units = {row.voter: row.unit for row in self._definition.roll}
        for _, happening in self._plan.in_order():
            if isinstance(happening, Event):
                yield Wish(happening.voter, units[happening.voter], happening.choices)
            elif isinstance(happening, Stranger):
                yield Wish(happening.voter, happening.unit, happening.choices)
            else:
                units.update((change.voter, change.entry.unit) for change in happening if change.entry is not None)

    def _vote(self, event: Event, prepared: PreparedBallot) -> None:
        """One voter votes, and perhaps verifies on another device."""
        citizen, lost = self._citizens[event.voter], self._plan.has_lost_card(event)
        if lost:
            self._world.country.revoke(citizen.card)
        try:
            vote = self._world.vote(citizen, event.choices, prepared)
        except CheckFailed as failure:
            if not lost or failure.check != "C4":
                raise
            self._refusals.append(Refusal("a voter whose certificate was revoked", failure.check, failure.reason))
            return
        self._votes += 1
        code = self._world.code(vote)
        self._workplace.keep_code(event.voter, code, event.choices)
        if event.verifies:
            self._verify(code, event)

    def _verify(self, code: VerificationCode, event: Event) -> None:
        if self._world.verify(code).choices != dict(event.choices):
            raise ServiceRefused("a verifying device showed other choices than the voter made")
        self._verified += 1

    def _turn_away(self, stranger: Stranger, prepared: PreparedBallot) -> None:
        """Someone who is not on the roll insists: authenticates, and posts a well-made ballot."""
        citizen = self._world.citizen(Person.named(stranger.name, stranger.code))
        collector = self._world.collector
        nonce = collector.challenge()
        token = citizen.card.authenticate(self._world.election.manifest.collector.address, nonce)
        view: SessionView = collector.open_session(nonce, token)
        signed = sign_vote(self._world.election, prepared, citizen.card, view)
        try:
            collector.cast(view.session, signed)
        except CheckFailed as failure:
            self._refusals.append(Refusal("a person who is not on the roll", failure.check, failure.reason))
        else:
            raise ServiceRefused("the collector took the vote of a person who is not on the roll")

    # --- after the close

    def _count(self) -> Tallied:
        present = [n for n in range(1, self._definition.draft.trustees + 1) if n not in self._definition.absent]
        report = self._stage(f"Counting: processor and {len(present)} trustees, each checking everything", 4)
        self._world.close()
        if self._plan.paper:
            self._world.revoke(self._plan.paper)
        report(1)
        self._world.finalise()
        report(2)
        tallied = self._world.tally(present)
        report(4)
        return tallied
