"""Checkpoints under a trust policy: the log's signature (L3) and the witnesses' quorum (L4).

Every signature line must be known, unique and valid. Lines under the log's name are judged by
`verify_log_signature`, all other lines by `verify_witnesses`, so each line is judged exactly once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from common.errors import EncodingError, LogError, SetupError
from common.log.checkpoint import Checkpoint, open_log_signed, read_checkpoint
from common.log.cosignature import verify_cosignature
from common.log.note import KeyType, NoteKey, SignatureLine, parse_signature_line

_REMEMBERED = 4_096
"""Verified checkpoints remembered: one is looked at for L3, L4, L5 and every vote it covers. Failures are not."""


@dataclass(frozen=True, slots=True)
class LogTrust:
    """The log and the witnesses that a manifest names: raw Ed25519 keys (32 bytes), 1 ≤ quorum ≤ witnesses.

    `SetupError` if two of the names or keys are equal: cosignatures do not cover the witness's name, so one key
    under two names would count twice. `EncodingError` on a malformed name or key. Whether the quorum outvotes
    hostile witnesses is a policy (K2).
    """

    origin: str
    log_key: bytes
    witnesses: tuple[tuple[str, bytes], ...]
    quorum: int

    def __post_init__(self) -> None:
        if not 1 <= self.quorum <= len(self.witnesses):
            raise SetupError(f"a quorum of {self.quorum} out of {len(self.witnesses)} witnesses")
        names = {self.origin, *(name for name, _ in self.witnesses)}
        keys = {self.log_key, *(key for _, key in self.witnesses)}
        if len(names) != len(self.witnesses) + 1 or len(keys) != len(self.witnesses) + 1:
            raise SetupError("give the log and every witness a name and a key of its own")
        _ = self.log_note_key, self.witness_keys()  # refuses malformed names and keys now, not at first use

    @property
    def log_note_key(self) -> NoteKey:
        """The log's key; its name is the origin."""
        return NoteKey(self.origin, KeyType.ED25519, self.log_key)

    def witness_keys(self) -> dict[tuple[str, bytes], NoteKey]:
        """Witness keys by name and key id."""
        keys = (NoteKey(name, KeyType.COSIGNATURE_V1, key) for name, key in self.witnesses)
        return {(key.name, key.key_id): key for key in keys}


@dataclass(frozen=True, slots=True)
class Witnessed:
    """A checkpoint whose signatures all held, and each witness's cosignature time (seconds since 1970)."""

    checkpoint: Checkpoint
    cosignature_times: tuple[tuple[str, int], ...]


def open_checkpoint(text: str, trust: LogTrust) -> Witnessed:
    """The checkpoint in a note, log signature and witness quorum verified; `LogError` otherwise."""
    return Witnessed(verify_log_signature(text, trust), verify_witnesses(text, trust))


@lru_cache(maxsize=_REMEMBERED)
def verify_log_signature(text: str, trust: LogTrust) -> Checkpoint:
    """L3: `LogError` unless this is a checkpoint of the trusted log with exactly one, valid, line of the log."""
    return open_log_signed(text, trust.log_note_key)


@lru_cache(maxsize=_REMEMBERED)
def verify_witnesses(text: str, trust: LogTrust) -> tuple[tuple[str, int], ...]:
    """L4: witness names and times, in the note's order; `LogError` unless every line that is not under the log's
    name is a trusted witness's, its only one and valid, and at least a quorum of witnesses signed.
    """
    note, _ = read_checkpoint(text)
    times: dict[str, int] = {}
    for line in note.signatures:
        if line.name == trust.origin:
            continue
        if line.name in times:
            raise LogError(f"checkpoint with two signature lines of {line.name}")
        times[line.name] = _cosignature_time(note.body, line, trust)
    if len(times) < trust.quorum:
        raise LogError(f"checkpoint cosigned by {len(times)} witnesses where {trust.quorum} are due")
    return tuple(times.items())


def verify_witness_line(text: str, line: str, trust: LogTrust) -> tuple[str, int]:
    """Name and time of one witness's answer to checkpoint `text`: what a log checks before it adds the line.

    `LogError` unless `line` is one well-formed line with a valid cosignature by a trusted witness. Whether that
    witness signed already is for the caller to see.
    """
    note, _ = read_checkpoint(text)
    try:
        parsed = parse_signature_line(line)
    except EncodingError as error:
        raise LogError(f"malformed cosignature: {error}") from error
    return parsed.name, _cosignature_time(note.body, parsed, trust)


def quorum_time(times: Sequence[tuple[str, int]], quorum: int) -> int:
    """The quorum-th smallest time, one per witness: when the quorum was complete, by the witnesses' own clocks.

    `LogError` if there are fewer times or a witness is named twice.
    """
    if len({name for name, _ in times}) != len(times):
        raise LogError("a witness counted twice")
    if not 1 <= quorum <= len(times):
        raise LogError(f"{len(times)} cosignatures where {quorum} are due")
    return sorted(time for _, time in times)[quorum - 1]


def tolerated_hostile_witnesses(witnesses: int, quorum: int) -> int:
    """The largest h with 2·quorum > witnesses + h; negative if not even honest witnesses exclude a split view."""
    return 2 * quorum - witnesses - 1


def _cosignature_time(body: str, line: SignatureLine, trust: LogTrust) -> int:
    key = trust.witness_keys().get((line.name, line.key_id))
    if key is None:
        raise LogError("checkpoint with a signature line of nobody known")
    return verify_cosignature(body, line, key)
