"""`/health` and `/ready`: alive is not yet able to serve, and nobody is told why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import httpx
import pytest
from fastapi import FastAPI

from auditor.api import witness_app
from auditor.head_store import FileHeadStore
from collector.api import box_app, public_app
from common.errors import MalformedMessage
from common.ports import Unavailable
from common.transport.problems import MEDIA
from common.transport.serve import BackgroundService
from common.transport.server import HEALTH, READY, make_app
from scenarios.country.api import ocsp_app
from scenarios.country.register import FileRegister
from scenarios.world import World
from tallier.api import trustee_app
from tallier.trustee import TrusteeService
from tallier.trustee_state import FileState


def probed(ready: Callable[[], object], path: str) -> httpx.Response:
    with BackgroundService(make_app("probed", [], ready)) as service:
        return httpx.get(service.address + path, trust_env=False)


def failing(error: Exception) -> Callable[..., object]:
    def ready(*_given: object) -> None:
        raise error

    return ready


def test_ready_service_says_so() -> None:
    answer = probed(lambda: None, READY)
    assert (answer.status_code, answer.json()) == (200, {"service": "probed", "status": "ready"})


@pytest.mark.parametrize(
    "error", [Unavailable("/srv/secret"), MalformedMessage("/srv/secret"), OSError("/srv/secret")]
)
def test_service_that_cannot_serve_is_alive_but_not_ready_and_tells_nobody_why(error: Exception) -> None:
    answer = probed(failing(error), READY)
    assert (answer.status_code, answer.headers["content-type"]) == (503, MEDIA)
    assert "secret" not in answer.text
    assert probed(failing(error), HEALTH).status_code == 200


def test_collector_is_ready_once_its_log_is_witnessed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not before; but witnesses that start after it are asked again, and no vote has to come first."""
    doors = (public_app(world.collector), box_app(world.collector, world.collector.checkpoint))
    assert [status_of(door) for door in doors] == [200, 200]
    world.collector._store._connection.execute("DELETE FROM checkpoint")
    with monkeypatch.context() as outage:
        for witness in world.witnesses:
            outage.setattr(witness, "add_checkpoint", failing(Unavailable("not started yet")))
        assert [status_of(door) for door in doors] == [503, 503]
    status_of(doors[0])  # has the witnesses asked, and does not wait for them
    world.collector._log._maker.submit(int).result(10)
    assert [status_of(door) for door in doors] == [200, 200]


def test_witness_is_ready_unless_a_head_is_damaged(world: World, tmp_path: Path) -> None:
    witness = world.witnesses[0]
    witness._store = FileHeadStore(tmp_path)
    assert status_of(witness_app(witness, witness.require_ready)) == 200
    witness._store._path(world.election.manifest.log.origin).write_bytes(b"{")
    assert status_of(witness_app(witness, witness.require_ready)) == 503


def test_trustee_is_ready_unless_its_state_is_damaged(world: World, tmp_path: Path) -> None:
    trustee = cast(TrusteeService, world.trustees[0])
    trustee._store = FileState(tmp_path / "state.json")
    assert status_of(trustee_app(trustee, trustee.require_ready)) == 200
    (tmp_path / "state.json").write_bytes(b"{")
    assert status_of(trustee_app(trustee, trustee.require_ready)) == 503


def test_authority_is_ready_unless_its_register_is_gone(world: World, tmp_path: Path) -> None:
    world.country.register = FileRegister(tmp_path / "register.db")
    assert status_of(ocsp_app(world.responder, world.responder.require_ready)) == 200
    (tmp_path / "register.db").write_bytes(b"no database" * 1_000)
    assert status_of(ocsp_app(world.responder, world.responder.require_ready)) == 503


def status_of(app: FastAPI) -> int:
    """Of `/ready`."""
    with BackgroundService(app) as service:
        return httpx.get(service.address + READY, trust_env=False).status_code
