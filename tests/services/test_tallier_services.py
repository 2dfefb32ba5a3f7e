"""Ceremony and opening over HTTP by command: who is down, slow or wrong is named, and costs nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import cast

import pytest

from common.crypto.cryptosystem import KeyProof
from common.errors import ServiceRefused, SetupError
from common.messages.acts import Signed
from common.messages.manifest import Trustee
from common.messages.message import decode
from common.messages.result import Aggregates, SignedAnswer
from common.ports import TrusteePort, Unavailable
from common.tally.evidence import Evidence
from common.transport.client import TrusteeClient
from common.transport.connection import Connection
from common.transport.documents import read_authority
from common.transport.serve import BackgroundService
from common.transport.server import make_app
from scenarios.services import Premises
from tallier.api import trustee_app
from tallier.trustee import TrusteeService
from tallier.trustee_folder import load_trustee
from tests.conftest import CHOICES, PEOPLE, draft, rows
from tests.services.tallier_hall import SET, TOY, Hall, done, new_hall, run
from tests.services.test_serve import _self_signed as self_signed

NOWHERE = "http://127.0.0.1:1"
ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import typer; from tallier import trustee_cli as c; a = typer.Typer(); c.register(a); a()"


class Hanging:
    """A trustee who takes requests, and answers only when the test is over."""

    def __init__(self, trustee: TrusteeService, over: Event) -> None:
        self._trustee, self._over = trustee, over

    def answer(self, manifest: Signed, key_proof: KeyProof, evidence: Evidence, claimed: Aggregates) -> SignedAnswer:
        self._over.wait()
        return self._trustee.answer(manifest, key_proof, evidence, claimed)


class Lying:
    """A trustee who gives another one's answer for its own, under its own number."""

    def __init__(self, trustee: TrusteeService, other: TrusteeService) -> None:
        self._trustee, self._other = trustee, other

    def identity(self) -> Trustee:
        return self._trustee.identity()

    def answer(self, manifest: Signed, key_proof: KeyProof, evidence: Evidence, claimed: Aggregates) -> SignedAnswer:
        right = self._other.answer(manifest, key_proof, evidence, claimed)
        return replace(right, answer=replace(right.answer, trustee=1))


@dataclass(frozen=True, slots=True)
class Served:
    """An election that is processed; the trustees' addresses; the trustees themselves."""

    hall: Hall
    addresses: tuple[str, ...]
    trustees: tuple[TrusteeService, ...]


@pytest.fixture(scope="module")
def premises() -> Iterator[Premises]:
    made = Premises()
    yield made
    made.close()


def serve(hall: Hall, premises: Premises) -> Served:
    """All trustees of a hall, each at an address of its own."""
    key = read_authority(str(hall.at / "authority" / "authority.key"))
    parties = tuple(load_trustee(hall.at / f"trustee-{n}", "toy-512", True, key) for n in (1, 2, 3))
    return Served(hall, tuple(premises.open(trustee_app(party)).address for party in parties), parties)


def hold(hall: Hall, *addresses: str) -> list[str | Path]:
    trustees = [part for address in addresses for part in ("--trustee", address)]
    return ["ceremony", "hold", "--draft", hall.at / "draft.json", *trustees, "--out", hall.at / "ceremony.json", TOY]


def opening(folder: Path, *addresses: str) -> list[str | Path]:
    return ["processor", "open", folder, *(part for address in addresses for part in ("--trustee", address)), TOY]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, premises: Premises) -> Served:
    """Held over HTTP up to `processor process`; do not change it."""
    found = serve(new_hall(tmp_path_factory.mktemp("hall"), draft(), rows(), premises), premises)
    hall = found.hall
    done(*hold(hall, *found.addresses))
    done(*hall.manifest_arguments())
    world = hall.open_polls()
    for person in PEOPLE[:8]:
        hall.clock.now += 60
        world.vote(world.citizen(person), CHOICES)
    hall.end_voting()
    done(*hall.act("close", log=True))
    done(*hall.act("finalise", log=True))
    return found


@pytest.fixture
def processed(served: Served, tmp_path: Path) -> Path:
    """A processor's folder that nobody has opened."""
    hall = served.hall
    key_proof = ("--key-proof", hall.election / "key-proof.json")
    done("processor", "process", "--box", hall.box, *hall.pinned, *key_proof, "--out", tmp_path / "folder", TOY)
    return tmp_path / "folder"


# --- the ceremony


def test_ceremony_shows_its_progress_to_programs(tmp_path: Path, premises: Premises) -> None:
    found = serve(new_hall(tmp_path, draft(), rows(), premises), premises)
    result = run(*hold(found.hall, *found.addresses), "--json")
    assert json.loads(result.stdout)["threshold"] == 2
    steps = [json.loads(line)["progress"] for line in result.stderr.splitlines() if line.startswith("{")]
    assert steps
    assert steps[-1][0] == steps[-1][1]


def test_ceremony_names_a_trustee_out_of_reach(tmp_path: Path, premises: Premises) -> None:
    found = serve(new_hall(tmp_path, draft(), rows(), premises), premises)
    result = run(*hold(found.hall, *found.addresses[:2], NOWHERE))
    assert isinstance(result.exception, Unavailable)
    assert NOWHERE in str(result.exception)
    done(*hold(found.hall, *found.addresses))  # nobody had been given a share


def test_ceremony_names_a_trustee_who_refuses(served: Served, tmp_path: Path, premises: Premises) -> None:
    fresh = serve(new_hall(tmp_path, draft(), rows(), premises), premises)
    result = run(*hold(fresh.hall, fresh.addresses[0], served.addresses[1], fresh.addresses[2]))
    assert isinstance(result.exception, ServiceRefused)
    assert "trustee-2: this trustee already holds a share" in str(result.exception)
    assert "with new trustees" in str(result.exception)
    assert not (tmp_path / "ceremony.json").exists()


def test_ceremony_names_a_trustee_down_at_the_rehearsal(tmp_path: Path, premises: Premises) -> None:
    class Gone(TrusteeService):
        def rehearse(self) -> tuple[()]:
            raise Unavailable("out of service")

    found = serve(new_hall(tmp_path, draft(), rows(), premises), premises)
    found.trustees[2].__class__ = Gone
    result = run(*hold(found.hall, *found.addresses))
    assert isinstance(result.exception, Unavailable)
    assert "trustee-3: " in str(result.exception)
    assert not (tmp_path / "ceremony.json").exists()


# --- the opening


def test_opening_takes_the_first_good_answers(served: Served, processed: Path) -> None:
    said = done(*opening(processed, *served.addresses))
    assert len(cast(list[int], said["trustees"])) == 2
    assert said["left_out"] == []
    assert said["totals"] == {"board": [8, 0, 0], "wishes": [8, 0, 0, 8]}


def test_opening_goes_on_when_a_trustee_is_down(served: Served, processed: Path) -> None:
    said = done(*opening(processed, NOWHERE, *served.addresses[1:]))
    assert said["trustees"] == [2, 3]


def test_opening_waits_for_no_trustee_who_hangs(served: Served, processed: Path, premises: Premises) -> None:
    over = Event()
    slow = premises.open(trustee_app(cast(TrusteePort, Hanging(served.trustees[0], over)))).address
    said = done(*opening(processed, slow, *served.addresses[1:]))
    over.set()
    assert said["trustees"] == [2, 3]


def test_opening_names_wrong_and_missing_trustees(served: Served, processed: Path, premises: Premises) -> None:
    liar = premises.open(trustee_app(cast(TrusteePort, Lying(served.trustees[0], served.trustees[1])))).address
    result = run(*opening(processed, liar, NOWHERE, served.addresses[2]))
    assert isinstance(result.exception, ServiceRefused)
    assert "1 good answers where 2 are due" in str(result.exception)
    assert f"left out {liar}: T3" in result.stderr
    assert f"left out {NOWHERE}: " in result.stderr
    assert done(*opening(processed, served.addresses[0]))["trustees"] == [1, 3]


def test_trustee_over_http_refuses_another_count(served: Served, processed: Path) -> None:
    claimed = (processed / "aggregates.json").read_bytes()
    first = decode(Aggregates, claimed).aggregates[0]
    (processed / "aggregates.json").write_bytes(
        claimed.replace(f'"ballots":{first.ballots}'.encode(), f'"ballots":{first.ballots + 1}'.encode(), 1)
    )
    result = run(*opening(processed, *served.addresses))
    assert isinstance(result.exception, ServiceRefused)
    assert "0 good answers" in str(result.exception)
    assert "T1" in result.stderr


def test_opening_without_trustees_is_refused(processed: Path) -> None:
    assert isinstance(run(*opening(processed)).exception, ServiceRefused)


# --- TLS


def test_trustees_with_tls_let_in_only_the_dealer(tmp_path: Path, premises: Premises) -> None:
    found = serve(new_hall(tmp_path, draft(), rows(), premises), premises)
    files = self_signed(tmp_path)
    with ExitStack() as stack:
        doors = [BackgroundService(trustee_app(p), tls=replace(files, ca=files.certificate)) for p in found.trustees]
        addresses = [stack.enter_context(door).address for door in doors]
        stranger = run(*hold(found.hall, *addresses), "--ca", files.certificate)
        assert isinstance(stranger.exception, Unavailable)
        half = run(*hold(found.hall, *addresses), "--ca", files.certificate, "--tls-cert", files.certificate)
        assert isinstance(half.exception, SetupError)
        own = ("--tls-cert", files.certificate, "--tls-key", files.key)
        assert done(*hold(found.hall, *addresses), "--ca", files.certificate, *own)["threshold"] == 2


def test_service_that_is_no_trustee_is_named(tmp_path: Path, premises: Premises) -> None:
    found = serve(new_hall(tmp_path, draft(), rows(), premises), premises)
    with BackgroundService(make_app("Valik witness", [])) as other:
        result = run(*hold(found.hall, *found.addresses[:-1], other.address))
    assert isinstance(result.exception, ServiceRefused)
    said = f"no trustee answers there: the service at {other.address} has no GET /identity: it is of another kind"
    assert str(result.exception) == said
    assert done(*hold(found.hall, *found.addresses))["threshold"] == 2


# --- a trustee in a process of its own


@contextmanager
def process(folder: Path, authority: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """`valik trustee serve`, once it takes requests, and what it said then."""
    command = [sys.executable, "-c", PROGRAM, "trustee", "serve", str(folder), "--authority", str(authority), *SET]
    pipe = subprocess.PIPE
    with subprocess.Popen(  # noqa: S603
        [*command, "--supervised"], cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True
    ) as running:
        try:
            yield running, json.loads((running.stdout or sys.stdin).readline())
        finally:
            running.communicate()  # closes its standard input, so it stops


def test_trustee_runs_until_its_supervisor_goes(tmp_path: Path) -> None:
    done("trustee", "new", tmp_path / "trustee", "--name", "trustee-1")
    done("authority", "new", tmp_path / "authority")
    authority = tmp_path / "authority" / "authority.key"
    with process(tmp_path / "trustee", authority) as (running, said):
        with Connection(said["ready"]) as connection:
            assert TrusteeClient(connection).identity().name == "trustee-1"
        second = run("trustee", "serve", tmp_path / "trustee", "--authority", authority, *SET)
        assert isinstance(second.exception, SetupError)
        assert "in use by another process" in str(second.exception)
    assert running.returncode == 0


def test_trustee_without_keys_does_not_run(tmp_path: Path) -> None:
    done("authority", "new", tmp_path / "authority")
    authority = tmp_path / "authority" / "authority.key"
    result = run("trustee", "serve", tmp_path / "nobody", "--authority", authority, *SET)
    assert isinstance(result.exception, SetupError)
    assert "give the folder in which this party was made" in str(result.exception)
