"""A collector that its test can kill: at a step in the life of a vote, or from outside at any time.

Run as a program, with a folder that `write_folder` made and a port. For each line on standard input, such as
`["ADMITTED", 2, null]` or `[null, 0, 65536]`, it forks one life of the collector and waits for its end. Starting
Python takes long, forking does not. Standard output gets a line for everything that happens, all in JSON.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from collector.api import public_app
from collector.collector import Collector, Keys
from collector.steps import Reached, Step
from collector.store import Store
from common import routes
from common.checks.catalogue import COMPLETE
from common.crypto.systems import SYSTEMS
from common.messages.acts import Signed
from common.messages.election import load_election
from common.messages.manifest import Manifest
from common.messages.message import _adapter, decode, encode
from common.messages.vote import VoteStatement
from common.transport.addresses import LOOPBACK
from common.transport.client import OcspClient, WitnessClient
from common.transport.connection import Connection
from common.transport.serve import serve

STORE = "box.sqlite"
IMPORTED_LATE = (
    "_strptime",
    "anyio._backends._asyncio",
    "encodings.idna",
    "httpcore",
    "uvicorn.lifespan.off",
    "uvicorn.loops.asyncio",
)
"""What each life would import for itself, at its first request."""


def write_folder(
    folder: Path, manifest: Signed, roll: Signed, authority: bytes, keys: Keys, witnesses: list[str], ocsp: str
) -> None:
    """All that a collector needs; `witnesses` and `ocsp` are addresses."""
    (folder / "manifest.json").write_bytes(encode(manifest))
    (folder / "roll.json").write_bytes(encode(roll))
    own = [key.private_bytes_raw().hex() for key in (keys.log, keys.answers)]
    rest = {"authority": authority.hex(), "keys": own, "witnesses": witnesses, "ocsp": ocsp}
    (folder / "rest.json").write_text(json.dumps(rest), encoding="ascii")


def tell(**event: object) -> None:
    """One line, in one piece, whatever other threads or processes write."""
    os.write(1, json.dumps(event).encode("ascii") + b"\n")


def build(folder: Path, reached: Reached) -> Collector:
    """The collector of the election in `folder`, on its store, by the machine's clock."""
    rest = json.loads((folder / "rest.json").read_text(encoding="ascii"))
    manifest, roll = (decode(Signed, (folder / name).read_bytes()) for name in ("manifest.json", "roll.json"))
    if not isinstance(manifest.body, Manifest):
        raise TypeError("no manifest")
    log, answers = (Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key)) for key in rest["keys"])
    return Collector(
        load_election(manifest.body, bytes.fromhex(rest["authority"]), SYSTEMS),
        roll,
        Keys(log, answers),
        Store(folder / STORE),
        [WitnessClient(Connection(address)) for address in rest["witnesses"]],
        OcspClient(Connection(rest["ocsp"])),
        lambda: int(time.time()),
        COMPLETE,
        reached,
    )


class Reception:
    """Stands for the collector that a life has: making the application takes longest, so that is done once."""

    def __init__(self) -> None:
        self.has: list[Collector] = []

    def __getattr__(self, door: str) -> Callable[..., Any]:
        def ask(*asked: object) -> Any:
            return getattr(self.has[0], door)(*asked)

        return ask


def live(folder: Path, port: int, made: tuple[FastAPI, Reception], deadly: Step | None, crossing: int) -> None:
    """One life, which ends at the `crossing`-th time that the step `deadly` is made."""
    app, reception = made
    crossed: Counter[Step] = Counter()

    def reached(step: Step) -> None:
        crossed[step] += 1
        fatal = step is deadly and crossed[step] == crossing
        tell(step=step.name, fatal=fatal)
        if fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    Thread(target=end_with_the_test, daemon=True).start()
    reception.has.append(build(folder, reached))
    serve(app, port=port)


def end_with_the_test() -> None:
    """The test never writes while a life lasts: if reading returns, the test is no more."""
    os.read(0, 1)
    os._exit(1)


def prepare() -> tuple[FastAPI, Reception]:
    """All that lives have in common, readers of messages included."""
    for name in IMPORTED_LATE:
        import_module(name)
    reception = Reception()
    for route in (*routes.VOTING, *routes.LOG):
        for kind in (route.request, route.answer, route.shape):
            if is_dataclass(kind):
                _adapter(kind)
    for other in (Signed, VoteStatement):
        _adapter(other)
    return public_app(reception), reception


def main(folder: Path, port: int) -> None:
    made = prepare()
    with socket.socket() as held:  # the port stays ours between two lives; nobody listens then
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((LOOPBACK, port))
        tell(port=held.getsockname()[1])
        commands = os.fdopen(os.dup(0), "rb", 0)  # nothing is read ahead that a fork would inherit
        while line := commands.readline():
            name, crossing, room = json.loads(line)
            child = os.fork()
            if child == 0:
                if room is not None:
                    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
                live(folder, held.getsockname()[1], made, Step[name] if name else None, crossing)
                os._exit(0)
            tell(pid=child)
            _, status = os.waitpid(child, 0)
            tell(ended=os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
