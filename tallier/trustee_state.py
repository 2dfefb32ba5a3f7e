"""What a trustee remembers, durably, before any share leaves it (D2)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from common.crypto.cryptosystem import KeyMaterial, Share
from common.messages.manifest import Trustee
from common.messages.message import Digest, decode, encode, message
from common.messages.result import SignedAnswer
from common.transport.files import read_if_present, write_durably

SIGNING, SEALING, STATE = "signing.pem", "sealing.pem", "state.json"
"""The secret files of a trustee's folder."""


@message
class TrusteeState:
    """`rehearsal`, then `final_root`, then `answer` are set once each and never change; all null at first.

    `secret`, `material` and `trustees`, the share, are set together, and never change once there is a rehearsal.
    """

    secret: str | None
    material: KeyMaterial | None
    trustees: tuple[Trustee, ...]
    rehearsal: tuple[Share, ...] | None
    final_root: Digest | None
    answer: SignedAnswer | None

    @property
    def spoken(self) -> bool:
        """True once anything made with the share may have left this trustee."""
        return (self.rehearsal, self.final_root, self.answer) != (None, None, None)


EMPTY = TrusteeState(None, None, (), None, None, None)


class StateStore(Protocol):
    """One trustee's memory."""

    def load(self) -> TrusteeState: ...

    def save(self, state: TrusteeState) -> None:
        """Durable on return."""


class MemoryState:
    """For tests and the laboratory."""

    def __init__(self) -> None:
        self._state = EMPTY

    def load(self) -> TrusteeState:
        return self._state

    def save(self, state: TrusteeState) -> None:
        self._state = replace(state)


class FileState:
    """A file of mode 0600. A damaged file raises `MalformedMessage`: a trustee never starts afresh by accident."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> TrusteeState:
        data = read_if_present(self._path)
        return EMPTY if data is None else decode(TrusteeState, data)

    def save(self, state: TrusteeState) -> None:
        write_durably(self._path, encode(state))
