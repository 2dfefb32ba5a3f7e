"""A mock election whose parties are processes of their own, which meet over HTTP and share nothing.

The one who plays the population stands here: it knows what the voters mean, and tells nobody. It uses no party's code
but the voter client's.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from common.crypto.contest import Choice
from common.encoding.times import from_rfc3339
from common.errors import ServiceRefused, ValikError
from common.messages.message import decode
from common.messages.result import Result
from common.messages.roll import RollChange, RollEntry
from scenarios.computers import Computers, Outcome, Papers
from scenarios.definition.toml_file import Definition, held
from scenarios.parties import Parties
from scenarios.played import Played, Refusal, Stage, compare, in_per_cent
from scenarios.stopwatch import Stopwatch
from scenarios.supervisor import Supervisor
from scenarios.wishes import Event, Plan, Stranger, expected

DYING_SECONDS = 1.0
"""How long a service that nobody reaches may take to be seen dead."""


class SeparateElection:
    """Plays one plan. `root`: an existing folder; what parties and voters must keep secret is in `secrets` there."""

    def __init__(
        self,
        definition: Definition,
        plan: Plan,
        root: Path,
        supervisor: Supervisor,
        stage: Stage,
        *,
        insecure_parameters: bool,
    ) -> None:
        self._definition = definition
        self._plan = plan
        self._root = root
        self._supervisor = supervisor
        self._stage = stage
        times = definition.draft.times
        length = from_rfc3339(times.closes) - from_rfc3339(times.opens)
        self._draft = held(definition.draft, int(time.time()), length)  # its days are counted from now
        (root / "secrets").mkdir(mode=0o700)
        (root / "secrets" / ".gitignore").write_text("*\n", encoding="ascii")
        self._parties = Parties(root / "secrets", supervisor, self._draft, insecure_parameters=insecure_parameters)
        self._refusals: list[Refusal] = []
        self._watch = Stopwatch(lambda: [service.process.pid for service in supervisor.services])
        self._waiting: list[tuple[Future[Outcome], Callable[[Outcome], None]]] = []
        self._verifying: list[tuple[Future[dict[str, Choice]], Event]] = []
        self._votes = self._verified = 0

    def run(self) -> Played:
        """Set up, vote, count, publish, compare; `PartyFailed`, or what a party refused, if something goes wrong."""
        with self._watch.timed("parties' keys, ID cards"):
            self._parties.make_keys(self._stage("Every party makes its keys", 100))
            self._cards = self._parties.issue_cards(self._people())
        with self._watch.timed("key ceremony"):
            bar = self._stage("Key ceremony: safe primes, shares, rehearsal", 100)
            self._parties.hold_ceremony(in_per_cent(bar))
        with self._watch.timed("manifest, services"):
            self._stage("The authority signs, the services start", 1)
            election = self._parties.open(self._definition.roll)
        with self._watch.timed("voting"), self._computers(election) as computers:
            self._vote(computers)
        with self._watch.timed("closing, counting, opening"):
            self._count()
        return self._played()

    def _count(self) -> None:
        report = self._stage("Counting: processor and trustees, each checking everything", 3)
        times = self._draft.times
        self._parties.close(from_rfc3339(times.closes) + times.grace + 1, self._plan.paper)
        report(1)
        self._parties.count(self._definition.absent)
        report(2)
        self._parties.publish(self._root)

    def _played(self) -> Played:
        result = decode(Result, (self._root / "record" / "public" / "result.json").read_bytes())
        meant = expected(self._plan, self._definition.draft, self._definition.roll)
        return Played(
            result,
            meant,
            self._refusals,
            self._votes,
            self._verified,
            compare(result, meant),
            self._watch.stages,
            self._supervisor.spent,
        )

    @contextmanager
    def _computers(self, election: Papers) -> Iterator[Computers]:
        """As many as there are cores; what they took is noted at their end."""
        begun = time.monotonic()
        with Computers(self._parties.folder("voters"), os.cpu_count() or 1, election) as computers:
            yield computers
            self._supervisor.count("voters", time.monotonic() - begun, computers.cpu())

    def _people(self) -> tuple[RollEntry, ...]:
        """Everyone who needs an ID card: all who will ever be on the roll, and the stranger."""
        voters, stranger = self._plan.voters(self._definition.roll), self._plan.stranger
        return voters if stranger is None else (*voters, RollEntry(stranger.voter, stranger.name, stranger.unit))

    # --- while voting is open

    def _vote(self, computers: Computers) -> None:
        """All that happens, in the plan's order; the voters of all computers vote at the same time."""
        self._report = self._stage("Voting: encrypt, prove, sign, cast", len(self._plan.events))
        for _, happening in self._plan.in_order():
            if isinstance(happening, Event):
                self._send(computers, happening)
            elif isinstance(happening, Stranger):
                self._turn_away(computers, happening)
            else:
                self._change_roll(happening)
        self._wait()
        for shown, event in self._verifying:
            if shown.result() != dict(event.choices):
                raise ServiceRefused("a verifying device showed other choices than the voter made")
            self._verified += 1

    def _change_roll(self, changes: tuple[RollChange, ...]) -> None:
        """Everyone who set out before finishes first."""
        self._wait()
        self._parties.change_roll(changes)

    def _send(self, computers: Computers, event: Event) -> None:
        """One voter goes to vote, perhaps with a card that was reported lost."""
        errand = replace(self._cards[event.voter], choices=event.choices)
        lost = self._plan.has_lost_card(event)
        if lost:
            self._wait()
            self._parties.revoke_card(errand.card)
        self._waiting.append((computers.vote(event.voter, errand), partial(self._voted, computers, event, lost)))

    def _voted(self, computers: Computers, event: Event, lost: bool, outcome: Outcome) -> None:
        if outcome.code is None:
            if not lost or outcome.check != "C4":
                raise ServiceRefused(f"a voter was turned away: {outcome.check}: {outcome.reason}")
            self._refusals.append(Refusal("a voter whose certificate was revoked", outcome.check, outcome.reason))
            return
        self._votes += 1
        if event.verifies:
            self._verifying.append((computers.verify(event.voter, outcome.code), event))

    def _turn_away(self, computers: Computers, stranger: Stranger) -> None:
        errand = replace(self._cards[stranger.voter], choices=stranger.choices)
        self._waiting.append((computers.insist(stranger.voter, errand, stranger.unit), self._turned_away))

    def _turned_away(self, outcome: Outcome) -> None:
        self._refusals.append(Refusal("a person who is not on the roll", outcome.check, outcome.reason))

    def _wait(self) -> None:
        """Until all who set out are done; if one of them fails because a service is gone, say that."""
        for outcome, then in self._waiting:
            try:
                then(outcome.result())
            except ValikError:
                self._supervisor.require_alive(DYING_SECONDS)
                raise
            self._report(self._votes + len(self._refusals))
        self._waiting.clear()
