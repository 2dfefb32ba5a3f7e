"""What is no HTTP, or too much of it, is refused with a problem document, and holds nobody up."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import h11
import httpx
import pytest

from common.errors import ServiceRefused
from common.ports import Unavailable
from common.transport import problems, request_heads, serve
from common.transport.not_http import HEAD_BYTES
from common.transport.serve import BackgroundService
from common.transport.server import HEALTH, make_app

SOON = 5.0
GET = f"GET {HEALTH} HTTP/1.1\r\nhost: x\r\n".encode()
CHUNKED = b"POST /health HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n"


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[str, int]]:
    with BackgroundService(make_app("Strict", [])) as running:
        yield "127.0.0.1", int(running.address.rpartition(":")[2])


def ask(address: tuple[str, int], sent: bytes, method: str = "GET") -> tuple[h11.Response | None, bytes]:
    """Send these bytes; the last answer with its body, once the service has closed the line."""
    reader = h11.Connection(h11.CLIENT)
    reader.send(h11.Request(method=method, target="/", headers=[("host", "x")]))
    reader.send(h11.EndOfMessage())
    with socket.create_connection(address, timeout=SOON) as line:
        line.sendall(sent)
        while piece := line.recv(65_536):
            reader.receive_data(piece)
    reader.receive_data(b"")
    response, body = None, b""
    while not isinstance(event := reader.next_event(), h11.ConnectionClosed | type(h11.NEED_DATA) | type(h11.PAUSED)):
        if isinstance(event, h11.Response):
            response = event
        elif isinstance(event, h11.Data):
            body += event.data
    return response, body


NO_HTTP = {
    "noise": (b"\x00\xff\x16nonsense\r\n\r\n", 400),
    "TLS to a plain port": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "no version": (b"GET / HTTP/one\r\nhost: x\r\n\r\n", 400),
    "no host": (f"GET {HEALTH} HTTP/1.1\r\n\r\n".encode(), 400),
    "two lengths": (GET + b"content-length: 1\r\ncontent-length: 2\r\n\r\n", 400),
    "a length of 5000 digits": (GET + b"content-length: " + b"9" * 5_000 + b"\r\n\r\n", 400),
    "a negative length": (GET + b"content-length: -1\r\n\r\n", 400),
    "a folded nul": (GET + b"a: b\x00c\r\n\r\n", 400),
    "a broken chunk": (CHUNKED + b"zz\r\n", 400),
    "an unknown coding": (GET + b"transfer-encoding: gzip\r\n\r\n", 501),
    "a long line": (b"GET /" + b"a" * (HEAD_BYTES - 4), 431),
    "long headers": ((GET + b"a: " + b"b" * HEAD_BYTES)[: HEAD_BYTES + 1], 431),
    "many headers": ((GET + b"a: b\r\n" * HEAD_BYTES)[: HEAD_BYTES + 1], 431),
    "a long chunk line": (CHUNKED + b"1;" + b"a" * (HEAD_BYTES - 1), 431),
}


@pytest.mark.parametrize("name", NO_HTTP)
def test_what_is_no_http_is_answered_with_a_problem_document(service: tuple[str, int], name: str) -> None:
    sent, status = NO_HTTP[name]
    response, body = ask(service, sent)
    assert response is not None
    assert response.status_code == status
    headers = dict(response.headers)
    assert headers[b"content-type"] == problems.MEDIA.encode()
    assert headers[b"connection"] == b"close"
    assert headers[b"cache-control"] == b"no-store"
    error = problems.error_of(status, body)
    assert isinstance(error, ServiceRefused)
    assert "no reason" not in str(error)
    assert healthy(service)


def healthy(address: tuple[str, int]) -> bool:
    return httpx.get(f"http://{address[0]}:{address[1]}{HEALTH}", trust_env=False).status_code == 200


def test_proper_request_with_long_headers_is_answered(service: tuple[str, int]) -> None:
    response, body = ask(service, GET + b"connection: close\r\na: " + b"b" * (HEAD_BYTES - 200) + b"\r\n\r\n")
    assert response is not None
    assert response.status_code == 200
    assert b'"ok"' in body


def test_answer_about_a_head_request_has_no_body(service: tuple[str, int]) -> None:
    response, body = ask(service, CHUNKED.replace(b"POST", b"HEAD") + b"zz\r\n", "HEAD")
    assert response is not None
    assert response.status_code in {400, 405}
    assert body == b""


def test_noise_behind_an_answered_request_is_refused_and_the_line_closed(service: tuple[str, int]) -> None:
    with socket.create_connection(service, timeout=SOON) as line:
        line.sendall(GET + b"\r\n\x00\x01\x02\r\n\r\n")
        found = b"".join(iter(lambda: line.recv(4_096), b""))
    assert found.startswith(b"HTTP/1.1 200")
    assert b"HTTP/1.1 400" in found
    assert healthy(service)


def test_noise_in_a_body_that_was_refused_closes_the_line(
    service: tuple[str, int], caplog: pytest.LogCaptureFixture
) -> None:
    """The answer is out already; there is nothing to add to it, and no defect to report."""
    with caplog.at_level(logging.ERROR), socket.create_connection(service, timeout=SOON) as line:
        line.sendall(CHUNKED)
        assert line.recv(4_096).startswith(b"HTTP/1.1 405")
        line.sendall(b"zz\r\n")
        while line.recv(4_096):
            continue
    assert not caplog.records
    assert healthy(service)


def test_refused_body_that_drips_on_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_heads, "HEAD_SECONDS", 0.3)
    with BackgroundService(make_app("Hasty", [])) as running:
        address = ("127.0.0.1", int(running.address.rpartition(":")[2]))
        with socket.create_connection(address, timeout=SOON) as line:
            line.sendall(CHUNKED)
            line.settimeout(0.05)
            assert drips_until_closed(line)


def drips_until_closed(line: socket.socket) -> bool:
    for _ in range(60):
        try:
            line.sendall(b"1\r\na\r\n")
            if line.recv(4_096) == b"":
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


def test_many_lines_of_noise_keep_nobody_out(service: tuple[str, int]) -> None:
    with ExitStack() as lines:
        opened = [lines.enter_context(socket.create_connection(service, timeout=SOON)) for _ in range(200)]
        for line in opened:
            line.sendall(b"\x00\r\n\r\n")
        for line in opened:
            assert line.recv(15) == b"HTTP/1.1 400 Ba"
        assert healthy(service)


def test_one_connection_too_many_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "MAXIMUM_CONNECTIONS", 2)
    with BackgroundService(make_app("Small", [])) as running:
        address = ("127.0.0.1", int(running.address.rpartition(":")[2]))
        first, _ = ask(address, GET + b"connection: close\r\n\r\n")
        assert first is not None
        assert first.status_code == 200
        with socket.create_connection(address, timeout=SOON):
            response, body = ask(address, GET + b"\r\n")
        assert response is not None
        assert response.status_code == 503
        assert dict(response.headers)[b"content-type"] == problems.MEDIA.encode()
        error = problems.error_of(503, body)
        assert isinstance(error, Unavailable)
        assert "too many connections" in str(error)
