"""Someone at a terminal: `valik vote` and its sisters in this process, against services on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner, Result

from common.eid.personal_code import voter_id
from common.encoding.octets import to_base64url
from common.messages.message import encode
from common.messages.receipt import Receipt
from common.messages.roll import RollEntry
from common.transport.client import CollectorClient
from scenarios.country.population import Person
from scenarios.services import ServedWorld, served_world
from scenarios.world import Citizen
from tests.conftest import draft
from voter_client import cli
from voter_client.home import Home
from voter_client.surroundings import Surroundings

PIN1, PIN2 = "0110", "01101"
CHOSEN = ("--choice", "board=Ada", "--choice", "wishes=Library", "--choice", "wishes=4")
OTHERWISE = ("--choice", "board=2", "--choice", "wishes=")
_app = typer.Typer()
cli.register(_app)


class PowerCut(Exception):
    """The computer goes dark."""


@dataclass(slots=True)
class Terminal:
    """A voter with a card, a home that is not there yet, and the manifest as it was published."""

    served: ServedWorld
    folder: Path
    citizen: Citizen
    client: Callable[[CollectorClient], CollectorClient] = lambda honest: honest
    slept: list[float] = field(default_factory=list)
    on_sleep: Callable[[], None] = lambda: None
    clock: Callable[[], int] | None = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.citizen.card.save(self.card, PIN1, PIN2)
        self.manifest.write_bytes(encode(self.served.world.manifest))
        self.key.write_text(to_base64url(self.served.world.authority.public_key) + "\n")

    @property
    def card(self) -> Path:
        return self.folder / "card"

    @property
    def home(self) -> Path:
        return self.folder / "home"

    @property
    def manifest(self) -> Path:
        return self.folder / "manifest.json"

    @property
    def key(self) -> Path:
        return self.folder / "authority.key"

    @property
    def pins(self) -> tuple[str, ...]:
        return "--manifest", str(self.manifest), "--authority", str(self.key)

    def journal_file(self) -> Path:
        return Home(self.home).path(self.citizen.card.voter_id, "json")

    def run(self, *words: str, typed: str | None = None) -> Result:
        """One command."""
        around = Surroundings(self.clock or self.served.world.clock, self._sleep, self._reach, UTC)
        return CliRunner().invoke(_app, [*words], input=typed, obj=around)

    def vote(self, *words: str, typed: str | None = None, home: str = "home") -> Result:
        """`valik vote`, with PINs given."""
        place = self.folder / home
        first = () if place.exists() else (*self.pins, "--insecure-parameters")
        known = ("--home", str(place), "--card", str(self.card), "--pin1", PIN1, "--pin2", PIN2)
        return self.run("vote", *known, *first, *words, typed=typed)

    def cast(self, *words: str, home: str = "home") -> dict[str, Any]:
        """A vote that must succeed; what the command says of it."""
        return self.said(self.vote(*(words or CHOSEN), "--json", home=home))

    def said(self, result: Result) -> dict[str, Any]:
        """The JSON that a successful command printed."""
        assert result.exit_code == 0, result.exception or result.output
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.on_sleep()

    @contextmanager
    def _reach(self, address: str, _ca: Path | None) -> Iterator[CollectorClient]:
        assert address == self.served.world.election.manifest.collector.address
        yield self.client(CollectorClient(self.served.public))


def failed(result: Result, *words: str) -> None:
    """The command failed as it should, with a text that says all these words."""
    assert result.exit_code != 0, result.output
    text = f"{result.exception}"
    for word in words:
        assert word in text, text


class Failing(CollectorClient):
    """A client whose posts meet `accidents`, one after the other, each before or after the request went out."""

    def __init__(self, honest: CollectorClient, accidents: list[tuple[str, Exception]], posted: list[bytes]) -> None:
        super().__init__(honest._connection)
        self._accidents = accidents
        self._posted = posted

    def cast(self, session: str, signed_ballot: bytes) -> Receipt:
        self._posted.append(signed_ballot)
        if not self._accidents:
            return super().cast(session, signed_ballot)
        when, error = self._accidents.pop(0)
        if when == "after":
            super().cast(session, signed_ballot)
        raise error


def fail(terminal: Terminal, *accidents: tuple[str, Exception]) -> list[bytes]:
    """Let the next posts fail; the list of all that was posted."""
    posted: list[bytes] = []
    left = list(accidents)
    terminal.client = lambda honest: Failing(honest, left, posted)
    return posted


def polls(voters: Sequence[Person]) -> AbstractContextManager[ServedWorld]:
    """An election of toy keys, served on loopback, with these people on the roll."""
    rows = [RollEntry(voter_id(person.code), person.name, "north") for person in voters]
    return served_world(draft(witnesses=2), rows, insecure_parameters=True)


def logged(terminal: Terminal) -> int:
    return terminal.served.collector._log.tree.size
