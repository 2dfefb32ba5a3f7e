"""One service as its clients reach it: a request out, an answer in, within limits of size and time."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import httpx

from common.errors import ServiceRefused
from common.ports import Unavailable
from common.routes import SMALL, Route
from common.transport.addresses import require_safe
from common.transport.bodies import decode_body, encode_body
from common.transport.problems import error_of
from common.transport.tls import TlsFiles, client_context

Q = TypeVar("Q")
A = TypeVar("A")

CONNECT_SECONDS = 5
IDLE_SECONDS = 2
"""Idle connections are dropped before a server (5 s) drops them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, content type without parameters, and body of an answer."""

    status: int
    media: str
    body: bytes


class OtherService(ServiceRefused):
    """What answers at an address is not the service that was looked for."""


class Connection:
    """A service at one address. Threads may share it; close it at the end (it is a context manager).

    `tls` replaces the system's trust anchors. `clock` measures waiting, in seconds. No proxy, redirect or credential
    of the surroundings is ever used.
    """

    def __init__(
        self, address: str, *, tls: ssl.SSLContext | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.address = require_safe(address)
        self._clock = clock
        # without TLS there is nothing to verify, and loading the system's anchors takes long
        verify: ssl.SSLContext | bool = tls or self.address.startswith("https")
        self._http = httpx.Client(
            base_url=self.address,
            verify=verify,
            trust_env=False,
            follow_redirects=False,
            headers={"accept-encoding": "identity"},
            limits=httpx.Limits(keepalive_expiry=IDLE_SECONDS),
        )

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Drop all connections; the object is of no use afterwards."""
        self._http.close()

    def call(self, route: Route[Q, A], body: Q, *, session: str = "", rest: str = "") -> A:
        """The answer to one request. Raises what the party raised; `Unavailable` if it cannot be reached;
        `MalformedMessage` or `ServiceRefused` for an answer that is none.
        """
        answer = self.exchange(route, encode_body(body), session=session, rest=rest)
        if answer.status not in {200, 204}:
            error = error_of(answer.status, answer.body)
            if answer.status in {404, 405} and type(error) is ServiceRefused:  # no party's own word
                raise OtherService(
                    f"the service at {self.address} has no {route.method} {route.url(rest)}: it is of another kind"
                )
            raise error
        if answer.body and answer.media != _bare(route.answer_media):
            found = f"an answer of type {answer.media[:80]!r} where {route.answer_media} is due"
            raise OtherService(f"the service at {self.address} gives {found}")
        return decode_body(route.answer, answer.body)

    def exchange(self, route: Route[Q, A], body: bytes, *, session: str = "", rest: str = "") -> Answer:
        """One request as HTTP; `Unavailable` if no answer comes in time, `ServiceRefused` if it is too long."""
        headers = {"authorization": f"Bearer {session}"} if route.session else {}
        if body and route.request_media is not None:
            headers["content-type"] = route.request_media
        deadline = self._clock() + route.seconds
        try:
            with self._http.stream(
                route.method,
                route.url(rest),
                content=body or None,
                headers=headers,
                timeout=httpx.Timeout(route.seconds, connect=CONNECT_SECONDS),
            ) as response:
                data = self._read(response, max(route.answer_limit, SMALL), deadline)
                return Answer(response.status_code, _bare(response.headers.get("content-type", "")), data)
        except httpx.TimeoutException:
            raise Unavailable(f"the service at {self.address} did not answer in time; try again later") from None
        except httpx.HTTPError as error:
            raise Unavailable(f"the service at {self.address} {self._why_not(error)}") from None

    def _read(self, response: httpx.Response, limit: int, deadline: float) -> bytes:
        if "content-encoding" in response.headers:
            raise ServiceRefused(f"the service at {self.address} compressed its answer, unasked")
        parts: list[bytes] = []
        size = 0
        for part in response.iter_raw():
            size += len(part)
            if size > limit:
                raise ServiceRefused(f"the service at {self.address} answered with more than {limit} bytes")
            if self._clock() > deadline:
                raise Unavailable(f"the service at {self.address} answered too slowly; try again later")
            parts.append(part)
        return b"".join(parts)

    def _why_not(self, error: httpx.HTTPError) -> str:
        """What a failed exchange looks like from here, and what helps."""
        cause: BaseException | None = error
        while cause is not None:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return f"shows a certificate that is not trusted here ({cause.verify_message}); name its CA with --ca"
            if isinstance(cause, ssl.SSLError):
                return "breaks off TLS; it may speak plain http, or want a certificate: --tls-cert and --tls-key"
            cause = cause.__cause__ or cause.__context__
        if self.address.startswith("https") and not isinstance(error, httpx.ConnectError):
            return (  # TLS 1.3: a server looks at its client's certificate after the client's handshake is done
                "closes the line without an answer; if it lets in only clients with a certificate, show yours with "
                "--tls-cert and --tls-key, else try again later"
            )
        return "cannot be reached; try again later"


def connect(address: str, ca: Path | None = None, own: TlsFiles | None = None) -> Connection:
    """A client's connection to a service, by the options of its command line."""
    return Connection(address, tls=client_context(ca, own))


def _bare(media: str) -> str:
    return media.partition(";")[0].strip().lower()
