"""Services get requests at the same time: what a trustee does once, it does once (D2)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from common.checks.catalogue import COMPLETE
from common.crypto.systems import SYSTEMS
from common.errors import ServiceRefused
from common.messages.result import Aggregates
from tallier.ceremony import hold_ceremony
from tallier.trustee import TrusteeKeys, TrusteeService
from tallier.trustee_state import MemoryState, TrusteeState

WAIT = 0.3
SYSTEM = SYSTEMS["toy-512"]


class SlowState(MemoryState):
    """The first load after `start` takes until somebody has saved, or `WAIT` seconds: time enough for a rival."""

    def __init__(self) -> None:
        super().__init__()
        self.slow = False
        self.loading, self.saved = Event(), Event()

    def load(self) -> TrusteeState:
        state = super().load()
        if self.slow:
            self.slow = False
            self.loading.set()
            self.saved.wait(WAIT)
        return state

    def save(self, state: TrusteeState) -> None:
        super().save(state)
        self.saved.set()


class Recorded(TrusteeService):
    """Keeps what the dealer sent."""

    delivery: tuple[object, ...]

    def receive_share(self, *delivery: object) -> None:  # type: ignore[override]
        self.delivery = delivery
        super().receive_share(*delivery)  # type: ignore[arg-type]


@pytest.fixture
def trustee() -> tuple[Recorded, SlowState]:
    """A trustee after its ceremony."""
    states = [SlowState(), MemoryState()]
    trustees = [
        Recorded(
            f"trustee-{number}",
            TrusteeKeys(Ed25519PrivateKey.generate(), X25519PrivateKey.generate()),
            state,
            b"",
            SYSTEM.name,
            SYSTEMS,
            COMPLETE,
        )
        for number, state in enumerate(states, start=1)
    ]
    hold_ceremony(SYSTEM, 2, trustees)
    assert isinstance(states[0], SlowState)
    return trustees[0], states[0]


def beside(state: SlowState, slow: Callable[[], object], rival: Callable[[], object]) -> list[object]:
    """Run `slow`, and `rival` as soon as `slow` has read the state; what each gave or was refused with."""

    def run(call: Callable[[], object]) -> object:
        try:
            return call()
        except ServiceRefused as refused:
            return refused

    state.saved.clear()
    state.slow = True
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(run, slow)
        assert state.loading.wait(10)
        second = pool.submit(run, rival)
        return [first.result(20), second.result(20)]


def test_rehearsal_beside_an_answer_does_not_unbind_the_final_tree(trustee: tuple[Recorded, SlowState]) -> None:
    service, state = trustee
    state.save(replace(state.load(), rehearsal=None))
    own = Aggregates("valik/v1/aggregates", "ab" * 32, "cd" * 32, ())
    beside(state, service.rehearse, lambda: service._answer_once(own))
    assert state.load().final_root == own.final_root
    assert state.load().rehearsal is not None
    with pytest.raises(ServiceRefused, match="another final tree"):
        service._answer_once(replace(own, final_root="ef" * 32))


def test_delivery_beside_a_rehearsal_does_not_replace_the_rehearsed_share(
    trustee: tuple[Recorded, SlowState],
) -> None:
    service, state = trustee
    held = replace(state.load(), rehearsal=None)
    state.save(held)
    shares, refused = beside(state, service.rehearse, lambda: service.receive_share(*service.delivery))
    assert isinstance(refused, ServiceRefused)
    kept = state.load()
    assert (kept, kept.rehearsal) == (replace(held, rehearsal=kept.rehearsal), shares)


def test_rehearsal_beside_a_delivery_is_of_the_share_that_is_kept(trustee: tuple[Recorded, SlowState]) -> None:
    service, state = trustee
    held = replace(state.load(), rehearsal=None)
    state.save(replace(held, secret=None))
    delivered, shares = beside(state, lambda: service.receive_share(*service.delivery), service.rehearse)
    assert delivered is None
    kept = state.load()
    assert (kept, kept.rehearsal) == (replace(held, rehearsal=kept.rehearsal), shares)
