"""The supervisor starts parties as processes, tells their time, shows why one died, and leaves none behind."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from scenarios.country.office_files import found_authority
from scenarios.mock_cli import doors
from scenarios.supervisor import PartyFailed, Service, Supervisor

KILLED_SUPERVISOR = """
import os, signal, sys
from pathlib import Path
from scenarios.supervisor import Supervisor
folder = Path(sys.argv[1])
supervisor = Supervisor(folder)
service = supervisor.start("eid", folder, "eid", "serve", "own")
supervisor.await_ready(service)
print(service.process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    found_authority(tmp_path / "own", int(time.time()))
    with Supervisor(tmp_path) as supervisor:
        yield supervisor


@pytest.fixture
def service(supervisor: Supervisor, tmp_path: Path) -> Service:
    service = supervisor.start("eid", tmp_path, "eid", "serve", "own")
    supervisor.await_ready(service)
    return service


def gone(pid: int, seconds: float = 20) -> bool:
    """Whether the process has ended, or ends soon."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_service_is_reached_where_it_says_and_takes_the_time_it_is_told(
    supervisor: Supervisor, service: Service
) -> None:
    with httpx.Client(trust_env=False) as client:
        assert client.get(f"{service.address}/health").json()["status"] == "ok"
    supervisor.set_clocks(1_900_000_000)
    supervisor.require_alive()
    supervisor.stop(service)
    assert service.process.returncode in {0, -signal.SIGTERM}
    assert supervisor.spent["eid"].cpu > 0.1
    assert supervisor.services == ()


def test_doors_that_are_kept_open_are_told_apart() -> None:
    collector = {"ready": "http://127.0.0.1:1", "box": "http://127.0.0.1:2"}
    inner = "http://127.0.0.1:2 (the inner door, for authority and processor: --box)"
    assert doors(collector) == f"http://127.0.0.1:1, {inner}"
    assert doors({"ready": "http://127.0.0.1:3"}) == "http://127.0.0.1:3"


def test_nonsense_from_the_supervisor_ends_the_service(service: Service) -> None:
    assert service.process.stdin is not None
    service.process.stdin.write('{"clock": "late"}\n')
    service.process.stdin.flush()
    assert gone(service.process.pid)


def test_service_that_died_is_named_with_the_end_of_its_log(supervisor: Supervisor, service: Service) -> None:
    supervisor.require_alive()
    service.process.kill()
    service.process.wait(20)
    with pytest.raises(PartyFailed, match=r"(?s)eid.*mock eID authority"):
        supervisor.require_alive()
    with pytest.raises(PartyFailed, match="eid"):
        supervisor.set_clocks(1_900_000_000)


def test_service_that_cannot_start_says_why(supervisor: Supervisor, service: Service, tmp_path: Path) -> None:
    port = service.address.rpartition(":")[2]
    second = supervisor.start("second", tmp_path, "eid", "serve", "own", "--port", port)
    with pytest.raises(PartyFailed, match=rf"(?s)second.*cannot listen on 127\.0\.0\.1, port {port}"):
        supervisor.await_ready(second)


def test_failed_command_is_shown_with_its_reason(supervisor: Supervisor, tmp_path: Path) -> None:
    with pytest.raises(PartyFailed, match=r"(?s)`valik eid new` failed.*is there already"):
        supervisor.run("eid", tmp_path, "eid", "new", "own")


def test_no_process_outlives_a_failure(tmp_path: Path) -> None:
    started: list[Service] = []

    def fail() -> None:
        with Supervisor(tmp_path) as supervisor:
            supervisor.run("eid", tmp_path, "eid", "new", "own")
            started.append(supervisor.start("eid", tmp_path, "eid", "serve", "own"))
            raise RuntimeError("the election fails")

    with pytest.raises(RuntimeError, match="the election fails"):
        fail()
    assert started[0].process.returncode is not None
    assert gone(started[0].process.pid)


def test_no_process_outlives_a_supervisor_that_is_killed(supervisor: Supervisor, tmp_path: Path) -> None:
    outer = subprocess.run(  # noqa: S603  our own interpreter and script
        [sys.executable, "-c", KILLED_SUPERVISOR, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert outer.returncode == -signal.SIGKILL
    assert gone(int(outer.stdout))
