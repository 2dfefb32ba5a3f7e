"""A collector in processes of its own, one life after the other; all others are services of the test's process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Condition
from typing import Any

from auditor.api import witness_app
from collector.steps import Step
from common.eid.personal_code import voter_id
from common.encoding.times import to_rfc3339
from common.messages.manifest import Policies, SingleContest, Times, Unit
from common.messages.roll import RollEntry
from common.transport.client import CollectorClient
from common.transport.connection import Connection
from common.transport.serve import BackgroundService
from scenarios.country.api import ocsp_app
from scenarios.country.population import Person
from scenarios.founding import create_world
from scenarios.world import World
from tests.claims.attack_tools import collector_keys
from tests.conftest import draft
from tests.services import killable_collector

OPTIONS = ("Ada", "Ben", "Blank vote")
HOUR = 3_600
PATIENCE = 60
"""Seconds until a voter who is kept out gives the test up."""


def founded(voters: list[Person]) -> World:
    """An election that is open by the machine's clock."""
    now = int(time.time())
    times = Times(to_rfc3339(now - HOUR), to_rfc3339(now + HOUR), 300, 300, 30, 60, 600, 1800)
    rules = draft(
        times=times,
        contests=(SingleContest("single", "board", "Who chairs the board?", OPTIONS),),
        units=(Unit("land", "The land", None, ("board",)),),
        max_ballots=5_000,
        policies=Policies("auditors", 3, 3, 5_000, 1_000_000, 200),
    )
    rows = [RollEntry(voter_id(person.code), person.name, "land") for person in voters]
    world = create_world(rules, rows, insecure_parameters=True)
    world.clock.now = now
    return world


@dataclass
class Lives:
    """The collector's processes, one after the other, as its voters see them: open or not."""

    process: subprocess.Popen[bytes]
    folder: Path
    number: int = 0
    open: bool = False
    over: bool = False
    changed: Condition = field(default_factory=Condition)
    pid: int = 0

    @property
    def store(self) -> Path:
        return self.folder / killable_collector.STORE

    def start(self, deadly: Step | None = None, crossing: int = 0, room: int | None = None) -> None:
        """A life that ends at a step, or has to be ended; its files may grow to `room` bytes."""
        assert self.process.stdin is not None
        command = json.dumps([deadly.name if deadly else None, crossing, room])
        self.process.stdin.write(command.encode("ascii") + b"\n")
        self.process.stdin.flush()
        self.pid = self.event()["pid"]

    def event(self) -> dict[str, Any]:
        """What happens next."""
        assert self.process.stdout is not None
        found: dict[str, Any] = json.loads(self.process.stdout.readline())
        if "ended" in found:
            self.pid = 0
        return found

    def until(self, name: str) -> dict[str, Any]:
        """The next event of that name, past all others."""
        while name not in (event := self.event()):
            pass
        return event

    def kill(self) -> None:
        """The one that lives, if one does."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)

    def let_in(self, *, open_now: bool) -> None:
        with self.changed:
            self.open = open_now
            self.number += open_now
            self.changed.notify_all()

    def end(self) -> None:
        """No voter needs to wait any more."""
        with self.changed:
            self.over = True
            self.changed.notify_all()

    def wait_until_open(self, after: int) -> int:
        """The number of a life that is open: a later one than `after`, if one comes soon."""
        with self.changed:
            self.changed.wait_for(lambda: self.over or (self.open and self.number > after), 0.05)
            assert self.changed.wait_for(lambda: self.open or self.over, PATIENCE)
            return self.number


@contextmanager
def surrounded(world: World, folder: Path) -> Iterator[tuple[Lives, CollectorClient]]:
    """The program whose forks are the collector's lives, and a client of whichever lives."""
    with ExitStack() as opened:
        apps = (*(witness_app(witness) for witness in world.witnesses), ocsp_app(world.responder))
        *witnesses, ocsp = [opened.enter_context(BackgroundService(app)).address for app in apps]
        killable_collector.write_folder(
            folder, world.manifest, world.roll, world.authority.public_key, collector_keys(world), witnesses, ocsp
        )
        errors = opened.enter_context((folder / "stderr.txt").open("wb"))
        command = [sys.executable, killable_collector.__file__, str(folder), "0"]
        process = opened.enter_context(
            subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors)  # noqa: S603
        )
        assert process.stdin is not None
        opened.callback(process.stdin.close)  # a life that still lasts ends with this, and then the program
        lives = Lives(process, folder)
        connection = Connection(f"http://127.0.0.1:{lives.event()['port']}")
        yield lives, CollectorClient(opened.enter_context(connection))
