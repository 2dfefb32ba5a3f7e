"""A witness whose log says when a log misbehaves: one that signs two trees, above all."""

from __future__ import annotations

from collections.abc import Sequence

from common.ports import Fork, PeerNotes, TwoTrees, WitnessPort


class NotedWitness(WitnessPort):
    """`witness`, with notes on the one log, `origin`, that it follows.

    Two trees are an alarm apart, which no other line holds back and nothing takes back. What the log has not signed
    says nothing of it: anybody can send that.
    """

    def __init__(self, witness: WitnessPort, origin: str, notes: PeerNotes) -> None:
        self._witness = witness
        self._log = f"the log {origin}"
        self._notes = notes

    def add_checkpoint(self, old_size: int, proof: Sequence[bytes], note: str) -> str:
        try:
            line = self._witness.add_checkpoint(old_size, proof, note)
        except TwoTrees:
            self._notes(f"ALARM: {self._log}", "has signed two trees of one size; keep the heads, and tell everyone")
            raise
        except Fork:
            self._notes(self._log, "was shown with a signed checkpoint that is not proved to extend its head")
            raise
        self._notes(self._log, None)
        return line
