"""Runs parties as processes of their own on this computer: starts them, watches them, ends them with itself.

Each process is a `valik` command in its party's own folder, the only one it is told of. A service says on standard
output when it is ready. Its standard input is the supervisor's hold on it: once that is closed the service stops,
even if the supervisor was killed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from types import TracebackType
from typing import IO, Any, Self

from common.errors import ServiceRefused
from common.transport.supervision import SET_CLOCK
from scenarios.stopwatch import Spent

READY_SECONDS = 60
STOP_SECONDS = 20
COMMAND_SECONDS = 3_600
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")


class PartyFailed(ServiceRefused):
    """A party's process ended, or did not do what it was started for; the text holds the end of its log."""


@dataclass(slots=True)
class Service:
    """A running service. `addresses`: its doors, `ready` being the first."""

    party: str
    process: subprocess.Popen[str]
    log: Path
    begun: float
    addresses: dict[str, str] = field(default_factory=dict)
    answers: SimpleQueue[str | None] = field(default_factory=SimpleQueue)

    @property
    def address(self) -> str:
        return self.addresses["ready"]


class Supervisor:
    """Use it as a context manager: at its end, however that comes, no process is left."""

    def __init__(self, logs: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """`logs`: an existing folder for what the processes write on standard error."""
        self.spent: defaultdict[str, Spent] = defaultdict(Spent)
        self._logs = logs
        self._clock = clock
        self._services: list[Service] = []
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop(*self._services)

    @property
    def services(self) -> tuple[Service, ...]:
        """Those that run."""
        return tuple(self._services)

    def start(self, party: str, folder: Path, *arguments: str) -> Service:
        """Start a service without waiting for it."""
        log = self._logs / f"{party}.log"
        process = self._open(folder, log, (*arguments, "--supervised"), stdin=subprocess.PIPE)
        service = Service(party, process, log, self._clock())
        self._services.append(service)
        Thread(target=_listen, args=(_pipe(process.stdout), service.answers), daemon=True).start()
        return service

    def await_ready(self, *services: Service) -> None:
        """Until all of them take requests; `PartyFailed` if one of them does not."""
        for service in services:
            service.addresses = self._answer(service, READY_SECONDS)

    def run(
        self, party: str, folder: Path, *arguments: str, progress: Callable[[int, int], None] | None = None
    ) -> dict[str, Any]:
        """Run a command to its end: the JSON object it prints. `progress`: told of lines (done, due) on the way."""
        log, begun = self._logs / f"{party}.log", self._clock()
        process = self._open(folder, log, (*arguments, "--json"), stdin=subprocess.DEVNULL, errors=subprocess.PIPE)
        reader = Thread(target=_copy, args=(_pipe(process.stderr), log, progress), daemon=True)
        reader.start()
        try:
            with _pipe(process.stdout) as stream:
                output = stream.read()
            cpu = _reap(process, COMMAND_SECONDS)
        except BaseException:
            process.kill()
            process.wait()
            raise
        reader.join()
        self.count(party, self._clock() - begun, cpu)
        if process.returncode != 0:
            raise PartyFailed(f"{party}: `valik {' '.join(arguments[:2])}` failed\n{_end_of(log)}")
        found: dict[str, Any] = json.loads(output)
        return found

    def set_clocks(self, now: int) -> None:
        """It is `now`, in seconds since 1970, for every service that runs."""
        order = {SET_CLOCK: now}
        for service in self._services:
            self._order(service, order)
        for service in self._services:
            if self._answer(service, READY_SECONDS) != order:
                raise PartyFailed(f"{service.party} did not set its clock\n{_end_of(service.log)}")

    def require_alive(self, seconds: float = 0) -> None:
        """`PartyFailed` if a service has ended by itself, or does so within `seconds`: a dying one is deaf first."""
        deadline = time.monotonic() + seconds
        while True:
            for service in self._services:
                if service.process.poll() is not None:
                    raise PartyFailed(f"{service.party} has ended by itself\n{_end_of(service.log)}")
            if time.monotonic() >= deadline:
                return
            time.sleep(0.01)

    def stop(self, *services: Service) -> None:
        """End these services: politely, and if they will not hear, for good."""
        for service in services:
            with suppress(BrokenPipeError):
                _pipe(service.process.stdin).close()
        for service in services:
            try:
                cpu = _reap(service.process, STOP_SECONDS)
            except subprocess.TimeoutExpired:
                service.process.kill()
                cpu = _reap(service.process, STOP_SECONDS)
            self._services.remove(service)
            self.count(service.party, self._clock() - service.begun, cpu)

    def count(self, party: str, wall: float, cpu: float) -> None:
        """Add seconds to what a party took."""
        with self._lock:
            self.spent[party].wall += wall
            self.spent[party].cpu += cpu

    def _open(
        self, folder: Path, log: Path, arguments: tuple[str, ...], stdin: int, errors: int | None = None
    ) -> subprocess.Popen[str]:
        """A `valik` process that knows nothing of this one but its arguments, and hears no Ctrl-C of its terminal."""
        with log.open("ab") as stream:
            return subprocess.Popen(  # noqa: S603  our own interpreter and package
                [sys.executable, "-P", "-m", "valik", *arguments],
                stdin=stdin,
                stdout=subprocess.PIPE,
                stderr=stream if errors is None else errors,
                cwd=folder,
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
                text=True,
                start_new_session=True,
            )

    def _order(self, service: Service, order: Mapping[str, int]) -> None:
        orders = _pipe(service.process.stdin)
        try:
            orders.write(json.dumps(order) + "\n")
            orders.flush()
        except BrokenPipeError:
            raise PartyFailed(f"{service.party} has ended\n{_end_of(service.log)}") from None

    def _answer(self, service: Service, seconds: float) -> dict[str, Any]:
        try:
            line = service.answers.get(timeout=seconds)
        except Empty:
            raise PartyFailed(f"{service.party} says nothing\n{_end_of(service.log)}") from None
        if line is None:
            raise PartyFailed(f"{service.party} has ended\n{_end_of(service.log)}")
        found: dict[str, Any] = json.loads(line)
        return found


def _listen(stream: IO[str], answers: SimpleQueue[str | None]) -> None:
    """Pass lines on as they come, then None."""
    with stream:
        for line in stream:
            answers.put(line)
    answers.put(None)


def _copy(stream: IO[str], log: Path, progress: Callable[[int, int], None] | None) -> None:
    """Standard error into the log, but for reports of progress."""
    with stream, log.open("a", encoding="utf-8") as out:
        for line in stream:
            if progress is not None and line.startswith('{"progress":'):
                done, due = json.loads(line)["progress"]
                progress(done, due)
            else:
                out.write(line)


def _end_of(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def _pipe(end: IO[str] | None) -> IO[str]:
    """An end of a process that was started with pipes."""
    if end is None:
        raise PartyFailed("the process was started without a pipe")
    return end


def _reap(process: subprocess.Popen[str], seconds: float) -> float:
    """Wait for a process's end: the CPU seconds it took, with those of its own children."""
    deadline = time.monotonic() + seconds
    while process.returncode is None:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return usage.ru_utime + usage.ru_stime
        if time.monotonic() > deadline:
            raise subprocess.TimeoutExpired(process.args, seconds)
        time.sleep(0.005)
    return 0.0
