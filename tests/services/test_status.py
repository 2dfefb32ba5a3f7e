"""`valik status` in every phase of an election, from the public log alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from auditor import status_cli
from auditor.status import KnownExtension, Phase, Status, read_status
from auditor.status_cli import UNWELL, Lookout
from collector.api import public_app
from common.encoding.octets import to_base64url
from common.encoding.times import to_rfc3339
from common.errors import CheckFailed, SetupError
from common.log.tiles import Tile, bundles_of, decode_bundle, encode_bundle
from common.messages.acts import Signed
from common.messages.message import encode
from common.ports import Unavailable
from common.transport.connection import Connection, connect
from common.transport.serve import BackgroundService
from common.transport.tls import TlsFiles
from scenarios.founding import create_world
from scenarios.services import ServedWorld, served_world
from scenarios.world import World
from tallier.api import trustee_app
from tests.conftest import CHOICES, PEOPLE, draft, rows
from tests.services.test_serve import _self_signed as self_signed

app = typer.Typer()
app.command()(status_cli.status)


class Watcher:
    """Someone with the manifest, and no part in the election."""

    def __init__(self, served: ServedWorld, folder: Path) -> None:
        self.served = served
        self._manifest = folder / "manifest.json"
        self._manifest.write_bytes(encode(served.world.manifest))

    def run(self, *words: str) -> Result:
        world = self.served.world
        pins = ("--manifest", str(self._manifest), "--authority", to_base64url(world.authority.public_key))
        return CliRunner().invoke(app, [*pins, *words], obj=Lookout(world.clock, connect=self._connect))

    def said(self, *words: str) -> dict[str, Any]:
        result = self.run(*words, "--json")
        assert result.exit_code in {0, UNWELL}, result.exception
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    @contextmanager
    def _connect(self, address: str, ca: Path | None, own: TlsFiles | None) -> Iterator[Connection]:
        if address == self.served.world.election.manifest.collector.address:
            yield self.served.public
        else:
            with connect(address, ca, own) as connection:
                yield connection


@pytest.fixture(scope="module")
def watcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watcher]:
    with served_world(draft(), rows(), insecure_parameters=True) as served:
        yield Watcher(served, tmp_path_factory.mktemp("watcher"))


@pytest.fixture
def watcher_of_an_extended(tmp_path: Path) -> Iterator[Watcher]:
    with served_world(draft(), rows(), insecure_parameters=True) as served:
        served.world.extend(served.world.election.closes + 3_600)
        yield Watcher(served, tmp_path)


def test_status_follows_an_election_from_opening_to_final(watcher: Watcher) -> None:
    world = watcher.served.world
    world.clock.now -= 10
    assert watcher.said()["phase"] == "before"
    world.clock.now += 10
    for person in PEOPLE[:3]:
        world.vote(world.citizen(person), CHOICES)
    said = watcher.said()
    assert (said["phase"], said["entries"]) == ("open", {"open": 1, "vote": 3})
    assert (said["fingerprint"], said["size"]) == (world.election.fingerprint, 4)
    assert set(said["cosigned"].values()) == {to_rfc3339(world.clock.now)}
    world.clock.now = world.election.closes + 1
    assert watcher.said()["phase"] == "ended"
    world.close()
    assert watcher.said()["phase"] == "closed"
    world.finalise()
    said = watcher.said()
    assert (said["phase"], said["entries"]) == ("final", {"open": 1, "vote": 3, "close": 1, "final": 1})
    shown = watcher.run().output
    assert "Phase: final" in shown
    for witness in world.election.manifest.witnesses.members:
        assert witness.name in shown


def test_status_names_who_is_there_and_who_is_not(watcher: Watcher) -> None:
    served = watcher.served
    there = ("--trustee", served.trustees[0].address, "--witness", served.witnesses[0].address)
    assert [(service["role"], service["said"]) for service in watcher.said(*there)["services"]] == [
        ("trustee", "Valik trustee"),
        ("witness", "Valik witness"),
    ]
    assert watcher.run(*there).exit_code == 0
    gone = ("--trustee", "http://127.0.0.1:9")
    assert watcher.run(*there, *gone).exit_code == UNWELL
    assert watcher.said(*gone)["services"][0]["well"] is False


def test_trustee_that_lets_in_only_certified_clients_is_well_to_who_shows_a_certificate(
    watcher: Watcher, tmp_path: Path
) -> None:
    files = self_signed(tmp_path)
    with BackgroundService(
        trustee_app(watcher.served.world.trustees[0]), tls=replace(files, ca=files.certificate)
    ) as it:
        asked = ("--trustee", it.address, "--ca", str(files.certificate))
        own = ("--tls-cert", str(files.certificate), "--tls-key", str(files.key))
        assert watcher.run(*asked, *own).exit_code == 0
        stranger = watcher.said(*asked)["services"][0]
        assert stranger["well"] is False
        assert "closes the line" in stranger["said"]
        assert "--tls-cert and --tls-key" in stranger["said"]
        assert isinstance(watcher.run(*asked, *own[:2]).exception, SetupError), "half a certificate"


def test_status_waits_for_a_collector_that_is_starting(world: World, tmp_path: Path) -> None:
    with BackgroundService(public_app(world.collector)) as ended:
        address = ended.address
    waited: list[float] = []
    (tmp_path / "manifest.json").write_bytes(encode(world.manifest))
    pins = ("--manifest", str(tmp_path / "manifest.json"), "--authority", to_base64url(world.authority.public_key))
    with ExitStack() as services:

        def sleep(seconds: float) -> None:
            waited.append(seconds)
            if len(waited) == 5:
                port = int(address.rpartition(":")[2])
                services.enter_context(BackgroundService(public_app(world.collector), port=port))

        def status(patience: int) -> Result:
            there = Lookout(world.clock, sleep, lambda _address, _ca, _own: Connection(address))
            return CliRunner().invoke(app, [*pins, "--wait", str(patience)], obj=there)

        assert isinstance(status(2).exception, Unavailable)
        assert status(9).exit_code == 0
    assert waited == [1] * 5


def test_status_shows_a_witness_that_is_missing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_arguments: object) -> str:
        raise Unavailable("maintenance")

    monkeypatch.setattr(world.witnesses[1], "add_checkpoint", down)
    world.vote(world.citizen(PEOPLE[0]), CHOICES)
    found = read_status(world.election, world.collector, world.clock(), world.checks)
    assert [at is None for at in found.cosigned.values()] == [False, True, False]


def test_abandoned_and_extended_elections_are_told(make_world: Callable[..., World]) -> None:
    world = make_world()

    def phase() -> Phase:
        return read_status(world.election, world.collector, world.clock(), world.checks).phase

    world.extend(world.election.closes + 3_600)
    assert phase() is Phase.OPEN
    world.clock.now = world.election.closes + 1
    assert phase() is Phase.EXTENDED
    world.abandon()
    assert phase() is Phase.ABANDONED


def test_end_of_voting_is_the_extended_one_for_who_has_the_act(make_world: Callable[..., World]) -> None:
    world = make_world()
    later = world.election.closes + 3_600
    act = world.authority.extend(world.election, to_rfc3339(later), "an outage")

    def found(*acts: Signed) -> Status:
        return read_status(world.election, world.collector, world.clock(), world.checks, acts)

    with pytest.raises(SetupError, match="does not stand in this log"):
        found(act)
    assert world.collector.submit_act(act) == 1
    assert (found().closes, found().extensions) == (world.election.closes, ())
    assert (found(act).closes, found(act).extensions) == (later, (KnownExtension(1, later, in_force=True),))
    world.clock.now = world.election.closes + 1
    assert (found().phase, found(act).phase) == (Phase.EXTENDED, Phase.OPEN)
    world.clock.now = later + 1
    assert (found().phase, found(act).phase) == (Phase.EXTENDED, Phase.ENDED)
    with pytest.raises(SetupError, match="does not stand in this log"):
        found(act, world.authority.extend(world.election, to_rfc3339(later + 60), "another"))


def test_extension_that_no_checkpoint_here_shows_in_time_is_told_with_that_doubt(
    make_world: Callable[..., World],
) -> None:
    world = make_world()
    times = world.election.manifest.times
    later = world.election.closes + 3_600
    act = world.authority.extend(world.election, to_rfc3339(later), "an outage")
    world.collector.submit_act(act)
    world.clock.now = world.election.closes + times.grace + 1
    world.vote(world.citizen(PEOPLE[0]), CHOICES)
    found = read_status(world.election, world.collector, world.clock(), world.checks, [act])
    assert found.extensions == (KnownExtension(1, later, in_force=False),)
    assert (found.closes, found.phase) == (world.election.closes, Phase.EXTENDED)


def test_command_tells_an_extension_and_asks_for_its_act(watcher_of_an_extended: Watcher, tmp_path: Path) -> None:
    world = watcher_of_an_extended.served.world
    later = to_rfc3339(world.election.closes + 3_600)
    shown = watcher_of_an_extended.run().output
    assert f"closes {world.election.manifest.times.closes}" in shown
    assert "extensions in the log of unknown end: 1" in shown
    act = tmp_path / "extension.json"
    act.write_bytes(encode(world.authority.extend(world.election, later, "the service was down")))
    shown = watcher_of_an_extended.run("--extension", str(act)).output
    assert f"extended to {later} by log entry 1\n" in shown
    assert "unknown end" not in shown
    said = watcher_of_an_extended.said("--extension", str(act))
    assert (said["closes"], said["extensions"]) == (later, [{"index": 1, "closes": later, "in_force": True}])
    assert watcher_of_an_extended.said()["extensions"] == []


# --- a collector that lies


class Lying:
    """Passes everything on but what a test replaces."""

    def __init__(self, world: World, **replaced: object) -> None:
        self._world, self._replaced = world, replaced

    def __getattr__(self, name: str) -> Any:
        return self._replaced.get(name) or getattr(self._world.collector, name)


def refused(world: World, collector: object) -> str:
    with pytest.raises(CheckFailed) as failure:
        read_status(world.election, collector, world.clock(), world.checks)  # type: ignore[arg-type]
    return failure.value.check


def test_entries_that_are_not_those_of_the_checkpoint_are_refused(world: World) -> None:
    world.vote(world.citizen(PEOPLE[0]), CHOICES)

    def swapped(tile: Tile) -> bytes:
        leaves = decode_bundle(tile, world.collector.tile(tile))
        return encode_bundle((leaves[0], leaves[0]))

    assert refused(world, Lying(world, tile=swapped)) == "L1"
    assert refused(world, Lying(world, tile=lambda tile: b"")) == "L1"
    assert refused(world, Lying(world, tile=lambda tile: world.collector.tile(tile)[:-1])) == "L1"
    assert next(bundles_of(2)).width == 2
    read_status(world.election, world.collector, world.clock(), world.checks)


def test_checkpoint_without_quorum_or_of_another_log_is_refused(world: World) -> None:
    note = world.collector.checkpoint()
    lines = note.split("\n— ")
    assert refused(world, Lying(world, checkpoint=lambda: "\n— ".join(lines[:3]) + "\n")) == "L4"
    other = create_world(draft(), rows(), insecure_parameters=True)
    assert refused(world, other.collector) == "L3"


def test_wrong_authority_is_refused(watcher: Watcher) -> None:
    result = watcher.run("--authority", "A" * 43)
    assert isinstance(result.exception, CheckFailed)
    assert result.exception.check == "K1"
