"""A mock election in one process: the one who plays the population, and everyone else as they really are.

The driver knows what the voters mean; nobody else does. It plays a plan (who votes when, for what), collects what
went wrong on purpose, and at the end compares the announced result with a plain count of the intentions.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial

from common.checks.catalogue import COMPLETE
from common.crypto.cryptosystem import Progress
from common.errors import CheckFailed, ServiceRefused
from common.messages.message import encode
from common.messages.receipt import SessionView
from common.messages.roll import RollChange, RollEntry
from scenarios.ballot_factory import Wish, prepare_all
from scenarios.country.population import Person
from scenarios.definition.toml_file import Definition
from scenarios.founding import create_world
from scenarios.played import Played, Refusal, Stage, compare
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
        self._seconds: dict[str, float] = {}
        self._votes = self._verified = 0

    def run(self, *, insecure_parameters: bool) -> Played:
        """Set up, vote, count, and compare; `SetupError` or `CheckFailed` if something that must work does not."""
        with self._timed("key ceremony and set-up"):
            self._world = self._set_up(insecure_parameters)
        with self._timed("voters' ID cards"):
            self._citizens = {row.voter: self._equip(row) for row in self._voters()}
        with self._timed("voting"):
            self._play()
        with self._timed("closing, counting, opening"):
            tallied = self._count()
        with self._timed("writing the record"):
            record = self._world.record(tallied)
            self._workplace.keep_record(record, self._world.authority.public_key, self._world.election.fingerprint)
        meant = expected(self._plan, self._definition.draft, self._definition.roll)
        result = tallied.counted.result
        return Played(
            result, meant, self._refusals, self._votes, self._verified, compare(result, meant), self._seconds
        )

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self._seconds[name] = time.perf_counter() - begun

    # --- before voting

    def _set_up(self, insecure_parameters: bool) -> World:
        draft = self._definition.draft
        return create_world(
            draft,
            self._definition.roll,
            checks=COMPLETE,
            store=self._workplace.collector_store(),
            trustee_states=[self._workplace.trustee_state(number + 1) for number in range(draft.trustees)],
            progress=self._relative("Key ceremony: searching safe primes"),
            insecure_parameters=insecure_parameters,
        )

    def _relative(self, name: str) -> Progress:
        """A bar for work that reports (done, expected), in per cent; a search may take longer than expected."""
        report = self._stage(name, 100)
        return lambda done, due: report(min(99, 100 * done // max(due, 1)))

    def _voters(self) -> list[RollEntry]:
        """Everyone who will ever be on the roll."""
        added = [change.entry for _, changes in self._plan.changes for change in changes if change.entry is not None]
        return list({row.voter: row for row in (*self._definition.roll, *added)}.values())

    def _equip(self, row: RollEntry) -> Citizen:
        given, _, surname = row.name.rpartition(" ")
        citizen = self._world.citizen(Person(given or surname, surname, row.voter.removeprefix("PNOEE-")))
        self._workplace.keep_card(citizen.card)
        return citizen

    # --- while voting is open

    def _play(self) -> None:
        """All that happens, in order of time; ballots come from the factory in the order of `_wishes`."""
        report = self._stage("Voting: encrypt, prove, sign, cast", len(self._plan.events))
        manifest = encode(self._world.manifest)
        with closing(prepare_all(manifest, self._world.authority.public_key, self._wishes())) as ballots:
            for moment, happen in self._moments(ballots):
                self._world.clock.now = max(self._world.clock.now, moment)
                happen()
                report(self._votes + len(self._refusals))

    def _moments(self, ballots: Iterator[PreparedBallot]) -> list[tuple[int, Callable[[], None]]]:
        """(time, what happens), in order; in one second the roll changes first and the stranger comes next."""
        moments: list[tuple[int, int, Callable[[], None]]] = [
            (moment, 0, partial(self._change_roll, changes)) for moment, changes in self._plan.changes
        ]
        if self._plan.stranger is not None:
            insist = partial(self._turn_away, self._plan.stranger, next(ballots))
            moments.append((self._plan.stranger.time, 1, insist))
        moments += [(event.time, 2, partial(self._next_vote, event, ballots)) for event in self._plan.events]
        return [(moment, happen) for moment, _, happen in sorted(moments, key=lambda each: each[:2])]

    def _wishes(self) -> Iterator[Wish]:
        """What the factory has to prepare: the stranger's ballot first, then one for each event."""
        stranger = self._plan.stranger
        if stranger is not None:
            yield Wish(f"PNOEE-{stranger.code}", stranger.unit, stranger.choices)
        units = {row.voter: row.unit for row in self._definition.roll}
        changes = list(self._plan.changes)
        for event in self._plan.events:
            while changes and changes[0][0] <= event.time:
                units.update((c.voter, c.entry.unit) for c in changes.pop(0)[1] if c.entry is not None)
            yield Wish(event.voter, units[event.voter], event.choices)

    def _change_roll(self, changes: tuple[RollChange, ...]) -> None:
        self._world.change_roll(changes)

    def _next_vote(self, event: Event, ballots: Iterator[PreparedBallot]) -> None:
        """One voter votes, and perhaps verifies on another device."""
        prepared, citizen, lost = next(ballots), self._citizens[event.voter], self._lost_card(event)
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

    def _lost_card(self, event: Event) -> bool:
        """Whether this is the voter whose card was revoked, at or after that moment."""
        return self._plan.revoked is not None and (
            event.voter == self._plan.revoked[0] and event.time >= self._plan.revoked[1]
        )

    def _verify(self, code: VerificationCode, event: Event) -> None:
        if self._world.verify(code).choices != dict(event.choices):
            raise ServiceRefused("a verifying device showed other choices than the voter made")
        self._verified += 1

    def _turn_away(self, stranger: Stranger, prepared: PreparedBallot) -> None:
        """Someone who is not on the roll insists: authenticates, and posts a well-made ballot."""
        given, _, surname = stranger.name.rpartition(" ")
        citizen = self._world.citizen(Person(given or surname, surname, stranger.code))
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
