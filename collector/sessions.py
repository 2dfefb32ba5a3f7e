"""Nonces and sessions: short-lived, single use, in memory only. After a restart voters authenticate again."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from common.errors import ServiceRefused
from common.ports import NotAuthenticated

NONCE_SECONDS = 300
SESSION_SECONDS = 3_600
MAXIMUM_OPEN = 100_000


@dataclass(slots=True)
class Expiring:
    """A bounded table of random 32-byte tokens that expire; `clock` gives seconds since 1970.

    Tokens are hex, which every base64 reader takes too: Web eID nonces are base64.
    """

    clock: Callable[[], int]
    lifetime: int
    _kept: dict[str, tuple[int, str]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def issue(self, value: str = "") -> str:
        """A new token that stands for `value`; `ServiceRefused` when too many are open."""
        with self._lock:
            self._forget_old()
            if len(self._kept) >= MAXIMUM_OPEN:
                raise ServiceRefused("too many sessions are open; try again later")
            token = secrets.token_hex(32)
            self._kept[token] = (self.clock() + self.lifetime, value)
            return token

    def look_up(self, token: str) -> str:
        """The token's value; `NotAuthenticated` if unknown or expired."""
        with self._lock:
            self._forget_old()
            if token not in self._kept:
                raise NotAuthenticated("unknown or expired; authenticate again")
            return self._kept[token][1]

    def spend(self, token: str) -> str:
        """`look_up`, and the token is gone."""
        value = self.look_up(token)
        with self._lock:
            if self._kept.pop(token, None) is None:
                raise NotAuthenticated("unknown or expired; authenticate again")
        return value

    def _forget_old(self) -> None:
        now = self.clock()
        while self._kept and next(iter(self._kept.values()))[0] <= now:
            self._kept.pop(next(iter(self._kept)))
