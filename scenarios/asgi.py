"""Requests to a service without a network: what it takes in of a body, and how it answers."""

from __future__ import annotations

import asyncio
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from collector.api import PublicDoor, public_app

JSON = (b"content-type", b"application/json")
SESSION = (b"authorization", b"Bearer AAAA")
HEADERS = (JSON, SESSION, (b"transfer-encoding", b"chunked"))


@dataclass(slots=True)
class Request:
    """A body of `pieces` zeros of `piece` bytes each; one that `stalls` never comes to its end."""

    path: str
    pieces: int
    piece: int
    stalls: bool = False
    taken: int = 0

    async def receive(self) -> MutableMapping[str, Any]:
        if self.taken == self.pieces and self.stalls:
            await asyncio.Event().wait()
        self.taken = min(self.taken + 1, self.pieces)
        return {
            "type": "http.request",
            "body": b"0" * self.piece,
            "more_body": self.stalls or self.taken < self.pieces,
        }


def post(collector: PublicDoor, vote_bytes: int, request: Request, patience: float = 60) -> int | None:
    """The status of the collector's answer; None if there is none within `patience` seconds."""
    statuses: list[int] = []

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    async def run() -> None:
        app = public_app(collector, vote_bytes)
        try:
            async with asyncio.timeout(patience):
                await app(_scope(request.path), request.receive, send)
        except TimeoutError:
            return

    asyncio.run(run())
    return statuses[0] if statuses else None


def _scope(path: str) -> MutableMapping[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode("ascii"),
        "root_path": "",
        "query_string": b"",
        "headers": list(HEADERS),
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
