"""Clients that take their time, and ports that are taken: nobody is kept waiting for them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from common.errors import SetupError
from common.transport import request_heads
from common.transport.serve import BackgroundService
from common.transport.server import HEALTH, make_app

SOON = 5.0


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    """A service that waits 0.3 s for a request's head; host and port."""
    monkeypatch.setattr(request_heads, "HEAD_SECONDS", 0.3)
    with BackgroundService(make_app("Hasty", [])) as service:
        yield "127.0.0.1", int(service.address.rpartition(":")[2])


HEAD = f"GET {HEALTH} HTTP/1.1\r\nhost: x\r\n\r\n".encode()


def answer(line: socket.socket, request: bytes) -> bytes:
    """Send; what comes back, up to the end of the little JSON object in it."""
    line.sendall(request)
    found = b""
    while not found.endswith(b"}"):
        found += line.recv(4_096)
    return found


def drip(line: socket.socket, text: bytes) -> bool:
    """Send one byte at a time, for 3 s at most; whether the other side has hung up meanwhile."""
    line.settimeout(0.05)
    for byte in text:
        try:
            line.sendall(bytes([byte]))
            if line.recv(1) == b"":
                return True
        except TimeoutError:
            continue
        except OSError:
            return True
    return False


@pytest.mark.parametrize("begun", [b"", b"GET", HEAD[:-2]])
def test_client_that_does_not_finish_its_request_is_hung_up_on(hasty: tuple[str, int], begun: bytes) -> None:
    with socket.create_connection(hasty, timeout=SOON) as line:
        line.sendall(begun)
        assert line.recv(1) == b""


def test_dripping_head_is_hung_up_on(hasty: tuple[str, int]) -> None:
    """Each byte in time, all together not; nor behind a request that was answered."""
    for before in (b"", HEAD):
        with socket.create_connection(hasty, timeout=SOON) as line:
            if before:
                assert b'"ok"' in answer(line, before)
            assert drip(line, b"GET / HTTP/1.1\r\nx: " + b"a" * 60)


def test_head_in_pieces_but_in_time_is_answered(hasty: tuple[str, int]) -> None:
    with socket.create_connection(hasty, timeout=SOON) as line:
        for _ in range(3):
            line.sendall(HEAD[:20])
            assert b'"ok"' in answer(line, HEAD[20:])


def test_slow_lines_keep_nobody_else_out(hasty: tuple[str, int]) -> None:
    with ExitStack() as lines:
        for _ in range(100):
            lines.enter_context(socket.create_connection(hasty, timeout=SOON)).sendall(b"GET")
        with httpx.Client(trust_env=False) as client:
            assert client.get(f"http://{hasty[0]}:{hasty[1]}{HEALTH}").status_code == 200


def test_port_in_use_is_a_sentence_and_free_again_afterwards() -> None:
    with BackgroundService(make_app("one", [])) as first:
        port = int(first.address.rpartition(":")[2])
        with pytest.raises(SetupError, match=rf"cannot listen on 127\.0\.0\.1, port {port}: Address already in use"):
            BackgroundService(make_app("two", []), port=port)
    with BackgroundService(make_app("two", []), port=port) as second:
        assert second.address == first.address
