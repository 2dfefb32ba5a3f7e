"""Many voters' clients at once: ballots prepared in worker processes, on all cores.

Encrypting and proving depends on nobody's answer, so it can run ahead of the session in which the ballot is signed.
Threads would not help: most of the work is big-integer arithmetic under the interpreter lock.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Generator, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context

from common.checks.catalogue import COMPLETE
from common.checks.manifest import open_manifest
from common.crypto.contest import Choice
from common.crypto.systems import SYSTEMS
from common.errors import SetupError
from common.messages.acts import Signed
from common.messages.election import Election
from common.messages.message import decode
from voter_client.prepare import PreparedBallot, prepare_ballot


@dataclass(frozen=True, slots=True)
class Wish:
    """What one ballot is to say: the voter, the counting unit at that time, a choice for each contest."""

    voter: str
    unit: str
    choices: Mapping[str, Choice]


_election: Election | None = None


def prepare_all(
    manifest: bytes, authority_key: bytes, wishes: Iterable[Wish]
) -> Generator[PreparedBallot, None, None]:
    """Ballots in the order of their wishes. `manifest` is the signed one, which every worker opens itself.

    A toy ballot takes milliseconds: starting workers for it would take longer than making it here. Close the
    generator, to end the workers.
    """
    election = open_manifest(decode(Signed, manifest), authority_key, SYSTEMS, COMPLETE)
    if election.insecure:
        yield from (prepare_ballot(election, wish.unit, wish.voter, wish.choices) for wish in wishes)
        return
    pool = ProcessPoolExecutor(os.cpu_count() or 1, get_context("spawn"), _open, (manifest, authority_key))
    try:
        with deaf_to_interrupts():
            ballots = pool.map(_prepare, wishes)
        yield from ballots
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def deaf_to_interrupts() -> Iterator[None]:
    """Processes started in here ignore Ctrl-C: ending them is this process's business. For the main thread."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _open(manifest: bytes, authority_key: bytes) -> None:
    global _election  # noqa: PLW0603  a worker process serves one election
    _election = open_manifest(decode(Signed, manifest), authority_key, SYSTEMS, COMPLETE)


def _prepare(wish: Wish) -> PreparedBallot:
    if _election is None:
        raise SetupError("the worker has not opened a manifest")
    return prepare_ballot(_election, wish.unit, wish.voter, wish.choices)
