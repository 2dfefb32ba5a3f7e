"""The authority's acts on their way to the collector: on disk before they leave, and sent again until it answers.

One folder for each election: `roll.json`, the signed roll; `pending.json`, an act that the collector has not yet
acknowledged; `acts/000000012-order.json`, those that stand in the log, by index; `lapsed/`, extensions that stand
there too, but that the witnesses saw too late to move anything; `refused/`, those that never will.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from common.errors import EncodingError, RuleBroken, SetupError, ValikError
from common.messages.acts import AuthorityDocument, Signed, signed_digest
from common.messages.election import Election
from common.messages.message import decode, encode, plain
from common.messages.roll import ChangeSet, Roll
from common.ports import BoxPort, Lapsed, Unavailable
from common.tally.roll_history import RollHistory, start_history
from common.transport.documents import read_document
from common.transport.files import write_durably

ROLL, PENDING, ACTS, LAPSED, REFUSED = "roll.json", "pending.json", "acts", "lapsed", "refused"
_PLACED = {"tree_size", "number", "previous"}
D = TypeVar("D")


class Outbox:
    """One election's acts. `folder` is made by `start`, when the manifest is signed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def start(self, roll: Signed) -> None:
        """Begin with the signed roll; `SetupError` if there is a folder already."""
        try:
            for part in (ACTS, LAPSED, REFUSED):
                (self._folder / part).mkdir(mode=0o700, parents=True)
        except OSError as error:
            raise SetupError(f"{self._folder} cannot be made ({error.strerror})") from None
        write_durably(self._folder / ROLL, encode(roll))

    # --- what was signed before

    def logged(self, kind: type[D]) -> Iterator[D]:
        """The acts of a kind that stand in the log, in its order."""
        for file in sorted((self._folder / ACTS).glob("*.json")):
            body: object = read_document(Signed, file).body
            if isinstance(body, kind):
                yield body

    def newest_roll(self) -> Roll | ChangeSet:
        """The version of the roll that the next change follows."""
        return next(reversed(list(self.logged(ChangeSet))), self._roll())

    def history(self) -> RollHistory:
        """The roll with all its versions so far."""
        history = start_history(self._roll())
        for changes in self.logged(ChangeSet):
            history = history.apply(changes)
        return history

    # --- sending

    def send(
        self, sign: Callable[[], Signed], box: BoxPort, require: Callable[[Signed], object] = lambda _: None
    ) -> int:
        """Sign an act and have it logged; its log index. `require` raises for an act that must not leave.

        If one of an earlier try is pending, that goes first; if it is what is wanted now, nothing more is signed.
        `Unavailable` if the collector does not answer: the act stays pending. `Lapsed` for an extension that is
        logged and moves nothing. Any other refusal is final.
        """
        delivered = self._deliver_pending(box)
        signed = sign()
        if delivered is not None and _wish(delivered[0].body) == _wish(signed.body):
            return delivered[1]
        require_in_form(signed)
        require(signed)
        write_durably(self._folder / PENDING, encode(signed))
        return self._deliver(signed, box)

    def _deliver_pending(self, box: BoxPort) -> tuple[Signed, int] | None:
        """What an earlier try left: (act, log index); None if nothing, or nothing that the collector still takes."""
        if not (self._folder / PENDING).exists():
            return None
        signed = read_document(Signed, self._folder / PENDING)
        try:
            return signed, self._deliver(signed, box)
        except (Unavailable, EncodingError):
            raise
        except ValikError:
            return None  # such as an order for a log that has grown since: it is put aside, and is signed anew

    def _deliver(self, signed: Signed, box: BoxPort) -> int:
        name = f"{signed.body.format.removeprefix('valik/v1/')}.json"
        pending = self._folder / PENDING
        try:
            index = box.submit_act(signed)
        except Unavailable as error:
            raise Unavailable(f"{error}. The signed act is kept, and goes out first at the next try") from error
        except EncodingError:
            raise  # an answer that is none says nothing of what became of the act
        except ValikError as error:
            kept = self._folder / (LAPSED if isinstance(error, Lapsed) else REFUSED)
            kept.mkdir(mode=0o700, exist_ok=True)
            pending.replace(kept / f"{signed_digest(signed)[:16]}-{name}")
            raise
        pending.replace(self._folder / ACTS / f"{index:09}-{name}")
        return index

    def _roll(self) -> Roll:
        body = read_document(Signed, self._folder / ROLL).body
        if not isinstance(body, Roll):
            raise RuleBroken(f"{self._folder / ROLL} is not a voter roll")
        return body


def open_outbox(authority: Path, election: Election) -> Outbox:
    """The outbox in the authority's folder; `SetupError` if this folder did not make the election."""
    folder = authority / election.manifest.election_id
    if not (folder / ROLL).is_file():
        raise SetupError(f"{authority} did not make this election; give the folder that signed its manifest")
    return Outbox(folder)


def require_in_form(signed: Signed) -> None:
    """`SetupError` for an act that no reader would take, such as one with a reason too long."""
    try:
        decode(Signed, encode(signed))
    except EncodingError as error:
        raise SetupError(f"this cannot be signed: {error}") from None


def _wish(document: AuthorityDocument) -> object:
    """What an act says, less where it stands in the log or in the roll's chain."""
    said = plain(document)
    return {name: value for name, value in said.items() if name not in _PLACED} if isinstance(said, dict) else said
