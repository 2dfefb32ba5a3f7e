"""A collector that lies: to clients, and to verifying devices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from common.log.checkpoint import Checkpoint, read_checkpoint
from common.messages.receipt import LatestAnswer, Receipt, SessionView, SignedLatest, VerificationAnswer, sign_latest
from scenarios.world import World
from tests.claims.attack_tools import checkpoint_note, collector_keys


@dataclass(slots=True)
class LyingCollector:
    """The honest collector of `world`, with something else in the place of some answers."""

    world: World
    receipt: Callable[[Receipt], Receipt] = lambda honest: honest
    answer: Callable[[VerificationAnswer], VerificationAnswer] = lambda honest: honest
    newest: Callable[[SignedLatest], SignedLatest] = lambda honest: honest
    head: Callable[[str], str] = lambda honest: honest

    def challenge(self) -> str:
        return self.world.collector.challenge()

    def open_session(self, nonce: str, token: str) -> SessionView:
        return self.world.collector.open_session(nonce, token)

    def refresh(self, session: str) -> SessionView:
        return self.world.collector.refresh(session)

    def cast(self, session: str, signed_ballot: bytes) -> Receipt:
        return self.receipt(self.world.collector.cast(session, signed_ballot))

    def lookup(self, vote_id: str) -> VerificationAnswer:
        return self.answer(self.world.collector.lookup(vote_id))

    def latest(self, vote_id: str) -> SignedLatest:
        return self.newest(self.world.collector.latest(vote_id))

    def checkpoint(self) -> str:
        return self.head(self.world.collector.checkpoint())

    def consistency(self, older: Checkpoint, newer: Checkpoint) -> tuple[bytes, ...]:
        return self.world.collector.consistency(older, newer)


def cosigned_by(collector: LyingCollector, note: str, witnesses: Sequence[int]) -> str:
    return checkpoint_note(collector.world, read_checkpoint(note)[1], collector.world.clock(), witnesses)


def saying(collector: LyingCollector, **fields: object) -> Callable[[SignedLatest], SignedLatest]:
    """A latest answer with other fields, well signed by the collector."""
    key = collector_keys(collector.world).answers

    def say(honest: SignedLatest) -> SignedLatest:
        changed: LatestAnswer = replace(honest.answer, **fields)  # type: ignore[arg-type]
        return sign_latest(changed, key)

    return say
