"""One election of a game: real parties, pairs of honest voters, three accomplices, an adversary who asks for more.

Collector, processor and authority are the adversary's: they check nothing. Voters and trustees are honest; trustees
run every check. All elections share one ceremony, so that a round costs milliseconds.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import voter_client.prepare
from common.checks.catalogue import COMPLETE
from common.crypto.contest import Choice
from common.eid.personal_code import voter_id
from common.errors import Party
from common.messages.ballot import Ballot
from common.messages.draft import Draft
from common.messages.manifest import Policies, SingleContest, Times, Unit
from common.messages.receipt import Receipt
from common.messages.result import Result
from common.messages.roll import RollEntry
from common.tally.record import PublicRecord, SwornRecord, read_public, read_sworn
from scenarios.country.population import Person, people
from scenarios.founding import create_world
from scenarios.games.game import ADA, BEN, BLANK, Accomplice, Game, Pair, Variant, View
from scenarios.games.openings import NOTHING, ask, results_without
from scenarios.keyring import Keyring, new_keyring
from scenarios.world import Citizen, Tallied, World
from tallier.ceremony import Ceremony
from tallier.process import combine, process
from tallier.trustee_state import MemoryState, TrusteeState

DRAFT = Draft(
    title="A secrecy game",
    times=Times("2027-03-01T09:00:00Z", "2027-03-02T09:00:00Z", 300, 300, 30, 60, 600, 1800),
    contests=(SingleContest("single", "chair", "Who takes the chair?", ("Ada", "Ben", "Blank vote")),),
    units=(Unit("land", "The land", None, ("chair",)),),
    max_ballots=200,
    parameters="toy-512",
    threshold=2,
    trustees=2,
    witnesses=1,
    quorum=1,
    hostile=0,
    policies=Policies("public", 3, 3, 20, 1_000_000, 200),
)
CROWD = 61
"""The seed of the people, accomplices first."""


@dataclass(frozen=True, slots=True)
class Played:
    """What is shown, and for each pair whether it was exchanged: random bits, known to nobody in the game.

    `sworn` is kept for variants that show more of the same election.
    """

    view: View
    pairs: tuple[Pair, ...]
    exchanged: tuple[bool, ...]
    sworn: SwornRecord

    def shown_by(self, variant: Variant) -> Played:
        """The same election as the variant shows it."""
        return replace(self, view=variant.shows(self.view, self.sworn))


@dataclass(slots=True)
class Table:
    """The election as it is played; the choices come from `secrets`, and so does the order in which people vote."""

    world: World
    receipts: dict[str, Receipt] = field(default_factory=dict)
    ballots: dict[str, Ballot] = field(default_factory=dict)
    accomplices: list[Accomplice] = field(default_factory=list)

    def vote(self, citizen: Citizen, choice: Choice) -> None:
        """A minute later; the first receipt and ballot of everyone are kept."""
        self.world.clock.now += 60
        session, voter = self.world.session(citizen), citizen.card.voter_id
        prepared = voter_client.prepare.prepare_ballot(self.world.election, session.unit, voter, {"chair": choice})
        self.receipts.setdefault(voter, session.cast(prepared).receipt)
        self.ballots.setdefault(voter, prepared.ballot)
        if citizen.person in crowd()[:3]:
            self.accomplices.append(Accomplice(voter, choice, prepared))


def play(game: Game, pairs: int, variant: Variant | None = None, *, asks: int = 1) -> Played:
    """Hold one election with so many pairs. The adversary aims further openings at the first of `asks` pairs."""
    if not game.cast:
        return _show_ballots(game, pairs)
    persons = crowd()[: 3 + 2 * pairs]
    table = Table(_found(persons, variant.without if variant else ()))
    citizens = [table.world.citizen(person) for person in persons]
    names = [citizen.card.voter_id for citizen in citizens]
    duos = tuple(Pair(*names[at : at + 2]) for at in range(3, len(names), 2))
    exchanged = tuple(bool(secrets.randbits(1)) for _ in duos)
    scripts: dict[str, tuple[Choice, ...]] = {
        name: (choice,) for name, choice in zip(names, (ADA, BEN, BLANK), strict=False)
    }
    for pair, swapped in zip(duos, exchanged, strict=True):
        first, second = game.scripts[::-1] if swapped else game.scripts
        scripts |= {pair.first: first, pair.second: second}
    for number in range(max(map(len, scripts.values()))):
        voting = [citizen for citizen in citizens if len(scripts[citizen.card.voter_id]) > number]
        secrets.SystemRandom().shuffle(voting)
        for citizen in voting:
            table.vote(citizen, scripts[citizen.card.voter_id][number])
    targets = [pair.first for pair in duos[: variant.asks if variant else asks]]
    public, sworn, results = _count(table, targets if game.sworn else [])
    shown = View(
        table.world.election,
        public,
        sworn if game.sworn else None,
        _dealt().states[: DRAFT.threshold - 1],
        table.receipts if game.receipts else {},
        table.ballots if game.sworn else {},
        tuple(table.accomplices),
        results,
    )
    return Played(shown, duos, exchanged, sworn)


def _show_ballots(game: Game, pairs: int) -> Played:
    """Make the ballots and cast none of them; beside them stands an election in which only the accomplices voted."""
    beside = play(replace(game, cast=True), 0)
    election, ballots = beside.view.election, dict[str, Ballot]()
    names = [voter_id(person.code) for person in people(3 + 2 * pairs, seed=CROWD)][3:]
    duos = tuple(Pair(*names[at : at + 2]) for at in range(0, len(names), 2))
    exchanged = tuple(bool(secrets.randbits(1)) for _ in duos)
    for pair, swapped in zip(duos, exchanged, strict=True):
        scripts = game.scripts[::-1] if swapped else game.scripts
        for voter, (choice,) in zip((pair.first, pair.second), scripts, strict=True):
            made = voter_client.prepare.prepare_ballot(election, "land", voter, {"chair": choice})
            ballots[voter] = made.ballot
    return replace(beside, view=replace(beside.view, ballots=ballots), pairs=duos, exchanged=exchanged)


def _count(table: Table, targets: Sequence[str]) -> tuple[PublicRecord, SwornRecord, Mapping[str, Result]]:
    """Close, try to open single ballots along with the rest, count honestly if that fails, try other final trees."""
    world = table.world
    world.close()
    world.order("final")
    election, evidence = world.election, world.collector.evidence()
    processed = process(election, evidence, NOTHING)
    answers, results = ask(world, evidence, processed, {target: table.ballots[target] for target in targets})
    counted = combine(election, processed.aggregates, answers, NOTHING)
    results |= results_without(world, _dealt().keyring, evidence, targets)
    files = world.record(Tallied(evidence, processed, counted))
    public = read_public({path: data for path, data in files.items() if path.startswith("public/")})
    return public, read_sworn(files, public), results


def _found(persons: Sequence[Person], without: Sequence[str]) -> World:
    dealt = _dealt()
    honest = COMPLETE.without(*without)
    return create_world(
        DRAFT,
        [RollEntry(voter_id(person.code), person.name, "land") for person in persons],
        checks=NOTHING,
        checks_of={Party.TRUSTEE: honest, Party.CLIENT: COMPLETE},
        trustee_states=[_memory(state) for state in dealt.states],
        insecure_parameters=True,
        keyring=dealt.keyring,
        ceremony=dealt.ceremony,
    )


@cache
def crowd() -> tuple[Person, ...]:
    """Everyone who can be on a roll, accomplices first."""
    return tuple(people(3 + 2 * 40, seed=CROWD))


@dataclass(frozen=True, slots=True)
class _Dealt:
    keyring: Keyring
    states: tuple[TrusteeState, ...]
    ceremony: Ceremony


@cache
def _dealt() -> _Dealt:
    """The one ceremony, held honestly."""
    keyring, states = new_keyring(DRAFT), [MemoryState() for _ in range(DRAFT.trustees)]
    world = create_world(DRAFT, [], trustee_states=states, insecure_parameters=True, keyring=keyring)
    return _Dealt(keyring, tuple(state.load() for state in states), world.ceremony)


def _memory(state: TrusteeState) -> MemoryState:
    store = MemoryState()
    store.save(replace(state))
    return store
