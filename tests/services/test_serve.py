"""Services start and stop as told, say where they are, and stay on this machine unless they have TLS."""

from __future__ import annotations

import dataclasses
import json
import re
import signal
import socket
import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from auditor.api import witness_app
from auditor.head_store import MemoryHeadStore
from auditor.witness import Witness
from collector.api import box_app, public_app
from common import ports, requests, routes
from common.errors import Party, ServiceRefused, SetupError
from common.ports import Unavailable
from common.routes import Route
from common.transport.client import WitnessClient
from common.transport.connection import Connection
from common.transport.listening import listen
from common.transport.problems import CHECK_STATUS, KINDS
from common.transport.serve import BackgroundService
from common.transport.server import HEALTH, make_app
from common.transport.tls import TlsFiles
from scenarios.country.api import ocsp_app
from scenarios.services import ServedWorld
from tallier.api import trustee_app

SCRIPT = """
from common.transport.serve import serve
from common.transport.server import make_app
serve(make_app("Valik test", []))
"""


@pytest.mark.parametrize("order", [signal.SIGTERM, signal.SIGINT])
def test_service_process_says_when_it_is_ready_and_stops_when_told(order: signal.Signals) -> None:
    with subprocess.Popen(  # noqa: S603  our own interpreter and script
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert set(ready) == {"ready"}
        assert ready["ready"].startswith("http://127.0.0.1:")
        with httpx.Client(base_url=ready["ready"], trust_env=False) as client:
            assert client.get(HEALTH).json() == {"service": "Valik test", "status": "ok"}
            assert client.get("/somewhere?personal=38001085718").status_code == 404
        process.send_signal(order)
        rest, log = process.communicate(timeout=20)
    assert process.returncode == 0, "it was told to stop, and it did"
    assert rest == ""
    assert "GET /health 200" in log
    assert "GET /somewhere 404" in log
    assert "Finished server process" in log
    assert "127.0.0.1" not in log
    assert "38001085718" not in log
    assert "Traceback" not in log


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "example.org"])  # noqa: S104  these must be refused
def test_address_that_others_can_reach_needs_tls(host: str) -> None:
    with pytest.raises(SetupError, match="needs TLS"):
        listen(host, 0, None)


def test_missing_tls_files_are_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"no file chain\.pem"):
        listen("127.0.0.1", 0, TlsFiles(tmp_path / "chain.pem", tmp_path / "key.pem"))


def test_taken_port_is_a_sentence() -> None:
    with BackgroundService(make_app("one", [])) as service:  # noqa: SIM117  the port is the service's
        with pytest.raises(SetupError, match=r"cannot listen on 127\.0\.0\.1"):
            listen("127.0.0.1", int(service.address.rpartition(":")[2]), None)


def test_answers_do_not_wait_for_more() -> None:
    """Else every answer takes some 40 ms more (Nagle's algorithm against delayed acknowledgements)."""
    listening, _ = listen("127.0.0.1", 0, None)
    with listening:
        assert listening.proto == socket.IPPROTO_TCP  # by which asyncio knows that it may switch the wait off


def test_stopped_service_is_gone() -> None:
    witness = Witness("w.example.org", Ed25519PrivateKey.generate(), MemoryHeadStore(), lambda: 0, {})
    with BackgroundService(witness_app(witness)) as service:
        address = service.address
    with Connection(address) as connection, pytest.raises(Unavailable):
        WitnessClient(connection).add_checkpoint(0, (), "note")


def test_service_with_tls_is_reached_by_those_who_trust_it(tmp_path: Path) -> None:
    files = _self_signed(tmp_path)
    trusting = ssl.create_default_context(cafile=str(files.certificate))
    with BackgroundService(make_app("sealed", []), tls=files) as service:
        assert service.address.startswith("https://")
        with (
            Connection(service.address, tls=trusting) as connection,
            pytest.raises(
                ServiceRefused, match=r"the service at https://127\.0\.0\.1:\d+ has no GET /checkpoint: it is of"
            ),
        ):
            connection.call(routes.CHECKPOINT, None)
        with Connection(service.address) as stranger, pytest.raises(Unavailable, match=r"not trusted here .*--ca"):
            stranger.call(routes.CHECKPOINT, None)


def test_service_without_tls_is_told_apart_from_one_that_is_away() -> None:
    with BackgroundService(make_app("open", [])) as service:
        sealed = service.address.replace("http:", "https:")
        with Connection(sealed) as connection, pytest.raises(Unavailable, match="may speak plain http"):
            connection.call(routes.CHECKPOINT, None)
    with Connection(sealed) as connection, pytest.raises(Unavailable, match="cannot be reached; try again later"):
        connection.call(routes.CHECKPOINT, None)


def test_key_of_another_certificate_is_refused_before_the_service_starts(tmp_path: Path) -> None:
    files = _self_signed(tmp_path)
    (tmp_path / "other").mkdir()
    with pytest.raises(SetupError, match="not a certificate, its own key and a CA"):
        listen("127.0.0.1", 0, TlsFiles(files.certificate, _self_signed(tmp_path / "other").key))


def test_ca_that_is_no_certificate_is_refused_before_the_service_starts(tmp_path: Path) -> None:
    files = _self_signed(tmp_path)
    with pytest.raises(SetupError, match="not a certificate, its own key and a CA"):
        listen("127.0.0.1", 0, TlsFiles(files.certificate, files.key, ca=files.key))


def _self_signed(folder: Path) -> TlsFiles:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = TlsFiles(folder / "chain.pem", folder / "key.pem")
    files.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


# --- routes and their description

SPEC = Path(__file__).parents[2] / "docs" / "spec"
DOORS = {
    ports.VotingPort: routes.VOTING,
    ports.VerificationPort: routes.VERIFICATION,
    ports.NoticesPort: routes.NOTICES,
    ports.BoxPort: routes.BOX,
    ports.TrusteePort: routes.TRUSTEE,
    ports.WitnessPort: routes.WITNESS,
    ports.OcspResponder: routes.EID,
}


def _methods(port: type) -> int:
    return sum(not name.startswith("_") for name in vars(port))


def test_every_port_has_one_route_for_each_of_its_methods() -> None:
    for port, table in DOORS.items():
        assert len(table) == _methods(port), port
    assert len(routes.LOG) == _methods(ports.LogPort) + _methods(ports.TilesPort)


def test_no_two_routes_share_method_and_path() -> None:
    public = (routes.VOTING, routes.VERIFICATION, routes.NOTICES, routes.LOG)
    for tables in (public, (routes.BOX,), (routes.TRUSTEE,)):
        paths = [(route.method, route.path) for table in tables for route in table]
        assert len(set(paths)) == len(paths)


def test_spec_lists_every_route_body_and_status() -> None:
    text = (SPEC / "15-http.md").read_text(encoding="utf-8")
    tables = (*DOORS.values(), routes.LOG)
    written = set(re.findall(r"^\| `((?:GET|POST) [^`]*)`", text, flags=re.MULTILINE))
    assert written == {f"{r.method} {r.url('…')}" for table in tables for r in table}
    for table in tables:
        for route in table:
            for kind in (route.request, route.answer):
                assert kind in {type(None), bytes, str} or re.search(rf"\b{kind.__name__}\b", text), kind
    named = re.findall(r"^\| `([a-z-]+)` \| (\d{3}) \|", text, flags=re.MULTILINE)
    assert {(name, int(status)) for name, status in named} == {(kind.name, kind.status) for kind in KINDS}
    for check, status in CHECK_STATUS.items():
        assert f"{status} for {check}" in text
    for kind in vars(requests).values():
        if dataclasses.is_dataclass(kind) and kind.__module__ == requests.__name__:
            for field in dataclasses.fields(kind):
                assert f"`{field.name}`" in section(text, "15.3"), field.name


def test_spec_gives_the_types_of_every_body_and_how_long_a_client_waits() -> None:
    text = (SPEC / "15-http.md").read_text(encoding="utf-8")
    table = section(text, "15.2").partition("| route | type of the request |")[2]
    listed = re.findall(r"^\| `([^`]*)` \| ([^|]*) \| ([^|]*) \| (\d+) \|$", table, flags=re.MULTILINE)
    assert {name: rest for name, *rest in listed} == {
        f"{r.method} {r.url('…')}": [
            "none" if r.request is type(None) else f"`{r.request_media}`" if r.request_media else "any",
            "none" if r.answer is type(None) else f"`{r.answer_media}`",
            str(r.seconds),
        ]
        for table in (*DOORS.values(), routes.LOG)
        for r in table
    }


def test_spec_names_everybody_who_can_be_at_fault() -> None:
    text = (SPEC / "15-http.md").read_text(encoding="utf-8")
    table = text.partition("| `at_fault` | who |")[2].partition("\n\n")[0]
    listed = re.findall(r"`([^`]+)`", "".join(line.split("|")[1] for line in table.splitlines() if line))
    assert sorted(listed) == sorted(Party)
    parties = section((SPEC / "01-parties-and-trust.md").read_text(encoding="utf-8"), "1.1")
    named = set(re.findall(r"^\| \*\*([^*]+)\*\* \|", parties, flags=re.MULTILINE)) - {"auditor"}
    assert named | {"public auditor", "sworn auditor", "voter", "unknown"} == set(Party)


def section(text: str, heading: str) -> str:
    return text[text.index(f"## {heading}") :].partition("\n## ")[0]


def test_no_route_has_a_place_for_secrets_in_its_address() -> None:
    table: tuple[Route[Any, Any], ...] = (
        *(*routes.VOTING, *routes.VERIFICATION, *routes.NOTICES),
        *(*routes.BOX, *routes.TRUSTEE),
    )
    assert all("{" not in route.path for route in table)
    assert {route.path for route in table if route.session} == {"/session", "/votes", "/subscriptions", "/notices"}


def test_services_describe_their_messages_and_load_nothing(served: ServedWorld) -> None:
    world = served.world
    apps = [
        public_app(served.collector),
        box_app(served.collector),
        trustee_app(world.trustees[0]),
        witness_app(world.witnesses[0]),
        ocsp_app(world.responder),
    ]
    for app in apps:
        assert not app._native_telemetry.enabled()
        text = json.dumps(app.openapi())
        described = json.loads(text)
        shapes = described.get("components", {}).get("schemas", {})
        for name in text.split('"#/components/schemas/')[1:]:
            assert name.partition('"')[0] in shapes
        assert "Problem" in shapes
        assert "<script" not in text
    assert {"Receipt", "SignedBallot", "SessionView"} <= set(apps[0].openapi()["components"]["schemas"])
    assert routes.CAST.path in apps[0].openapi()["paths"]
