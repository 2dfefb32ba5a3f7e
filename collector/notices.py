"""Notices: whoever subscribed learns of every vote recorded under their own name, and of nobody else's (spec 10.5).

A subscription outlives sessions and restarts. A voter may have several, for several devices; one too many pushes the
oldest out, which its holder notices: so nobody can use them up to keep the voter from learning of a vote.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from collector.ledger import Ledger
from collector.store import Store
from common.encoding.times import to_rfc3339
from common.messages.receipt import Notice
from common.ports import NotAuthenticated

SUBSCRIPTIONS = 8
"""Most subscriptions of one voter."""
AT_ONCE = 100
"""Most notices in one answer."""


class Notices:
    """The subscriptions in the store, which holds no token but its SHA-256, and the votes in the ledger."""

    def __init__(
        self, store: Store, ledger: Ledger, token: Callable[[], str] = lambda: secrets.token_hex(32)
    ) -> None:
        self._store = store
        self._ledger = ledger
        self._token = token

    def subscribe(self, voter: str) -> str:
        """A new token (32 random bytes, hex) that stands for this voter, durable on return."""
        token = self._token()
        self._store.keep_subscription(_digest(token), voter, SUBSCRIPTIONS)
        return token

    def since(self, token: str, after: int) -> tuple[Notice, ...]:
        """The voter's recorded votes with numbers above `after`, the oldest first; `NotAuthenticated` if unknown."""
        voter = self._store.subscriber(_digest(token))
        if voter is None:
            raise NotAuthenticated("unknown subscription, or one that newer ones pushed out; subscribe again")
        found = (
            Notice(head.digest, head.sequence, to_rfc3339(time))
            for head, time in self._ledger.recorded(voter)
            if head.sequence > after
        )
        return tuple(found)[:AT_ONCE]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8")).hexdigest()
