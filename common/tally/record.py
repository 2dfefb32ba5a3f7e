"""The election record: all that an election leaves behind, as files (spec chapter 13).

`public/` is for everyone, `sworn/` for auditors bound to secrecy. There is no index of checksums: every byte is bound
by a signature, hash or equation of the protocol, and there are exactly the files of the layout.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from common.crypto.cryptosystem import KeyProof
from common.errors import RuleBroken
from common.log.entries import PHASE_KINDS, Entry
from common.messages.acts import Signed, signed_digest
from common.messages.ballot import Ballot, ballot_digest
from common.messages.manifest import fingerprint
from common.messages.message import encode
from common.messages.result import Accounting, AccountingSets, Aggregates, Result, SignedAnswer
from common.messages.vote import RecordedVote, digest_of
from common.tally.evidence import Evidence, PublicLog
from common.tally.record_files import (
    BALLOTS,
    DOCUMENTS,
    LOG,
    PUBLIC,
    SHARD_LINES,
    SWORN,
    VOTES,
    RecordFiles,
    in_order,
    shard_path,
    shown_path,
)

SET_NAMES = ("accepted", "superseded", "excluded", "revoked", "counted")
"""The order in which the accounting lists its sets; `accepted` is the sum of the others."""


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """`orders` (extensions and abandonment too) and `exclusions` in log order.

    `ballots` exactly if the election publishes the nameless ballots.
    """

    manifest: Signed
    key_proof: KeyProof
    log: tuple[Entry, ...]
    checkpoints: tuple[str, ...]
    orders: tuple[Signed, ...]
    exclusions: tuple[Signed, ...]
    aggregates: Aggregates
    shares: tuple[SignedAnswer, ...]
    result: Result
    accounting: Accounting
    ballots: tuple[Ballot, ...] | None = None


@dataclass(frozen=True, slots=True)
class SwornRecord:
    """`changes`, `revocations` and `votes` in log order."""

    roll: Signed
    changes: tuple[Signed, ...]
    revocations: tuple[Signed, ...]
    votes: tuple[RecordedVote, ...]
    sets: AccountingSets


def evidence(public: PublicRecord, sworn: SwornRecord) -> Evidence:
    """What is replayed."""
    acts = (*public.orders, *sworn.changes, *sworn.revocations, *public.exclusions)
    return Evidence(PublicLog(public.log, public.checkpoints), sworn.votes, sworn.roll, acts)


def gather(record: RecordFiles) -> Evidence:
    """The same, from the files it takes and no others; `MalformedMessage` or `RuleBroken`."""
    acts = (*record.orders, *record.changes, *record.revocations, *record.exclusions)
    return Evidence(PublicLog(record.log, record.checkpoints), record.votes, record.roll, acts)


def nameless(ballots: Iterable[Ballot]) -> tuple[Ballot, ...]:
    """Ballots in the order in which they are published: by digest, which tells nothing of when they were cast."""
    return tuple(sorted(ballots, key=ballot_digest))


# --- writing


def write_public(record: PublicRecord) -> dict[str, bytes]:
    """The files of the public part. Checkpoints, shares and ballots are brought into their order."""
    shares = tuple(sorted(record.shares, key=lambda signed: signed.answer.trustee))
    files = {
        "public/manifest.json": encode(record.manifest),
        "public/key-proof.json": encode(record.key_proof),
        "public/checkpoints.json": encode(in_order(record.checkpoints)),
        "public/orders.json": encode(record.orders),
        "public/exclusions.json": encode(record.exclusions),
        "public/aggregates.json": encode(record.aggregates),
        "public/shares.json": encode(shares),
        "public/result.json": encode(record.result),
        "public/accounting.json": encode(record.accounting),
    }
    files |= _write_lines(LOG, record.log)
    if record.ballots is not None:
        files |= _write_lines(BALLOTS, nameless(record.ballots))
    return files


def write_sworn(record: SwornRecord, public: PublicRecord) -> dict[str, bytes]:
    """The files of the sworn part; `RuleBroken` for a vote that the log does not hold."""
    files = {
        "sworn/roll.json": encode(record.roll),
        "sworn/changes.json": encode(record.changes),
        "sworn/revocations.json": encode(record.revocations),
        "sworn/accounting.json": encode(record.sets),
    }
    index_of = _vote_indices(public.log)
    placed = sorted(((_index(vote, index_of), vote) for vote in record.votes), key=lambda item: item[0])
    for number, group in groupby(placed, key=lambda item: item[0] // SHARD_LINES):
        files[shard_path(VOTES, number)] = _encode_lines(vote for _, vote in group)
    return files


def _write_lines(folder: str, items: Sequence[object]) -> dict[str, bytes]:
    starts = range(0, len(items), SHARD_LINES)
    return {
        shard_path(folder, number): _encode_lines(items[start : start + SHARD_LINES])
        for number, start in enumerate(starts)
    }


def _encode_lines(items: Iterable[object]) -> bytes:
    return b"".join(encode(item) + b"\n" for item in items)


# --- reading


def read_public(files: Mapping[str, bytes]) -> PublicRecord:
    """The public part of a record that has exactly the files of its layout; `MalformedMessage` or `RuleBroken`."""
    record = RecordFiles({path: data for path, data in files.items() if not path.startswith(SWORN)})
    _require_all(record)
    return public_part(record)


def read_sworn(files: Mapping[str, bytes], public: PublicRecord) -> SwornRecord:
    """The sworn part (what `files` has under sworn/) that belongs to this public part; errors as `read_public`."""
    sworn = {path: data for path, data in files.items() if not path.startswith(PUBLIC)}
    record = RecordFiles({**write_public(public), **sworn})
    if not record.sworn:
        raise RuleBroken("the record has no sworn part")
    _require_all(record)
    return sworn_part(record)


def public_part(record: RecordFiles) -> PublicRecord:
    """All public files, each in form."""
    return PublicRecord(
        record.manifest,
        record.key_proof,
        record.log,
        record.checkpoints,
        record.orders,
        record.exclusions,
        record.aggregates,
        record.shares,
        record.result,
        record.accounting,
        record.ballots,
    )


def sworn_part(record: RecordFiles) -> SwornRecord:
    """All sworn files, each in form."""
    return SwornRecord(record.roll, record.changes, record.revocations, record.votes, record.sets)


def _require_all(record: RecordFiles) -> None:
    for path in sorted(record.files):
        require_file(record, path)
    require_whole(record)


# --- what the files must say together


def require_file(record: RecordFiles, path: str) -> None:
    """Raise unless this is a file of the layout, in its one form; votes stand in the shards of their log entries."""
    record.read(path)
    if not path.startswith(VOTES):
        return
    index_of = _vote_indices(record.log)
    number = int(path.removeprefix(VOTES).removesuffix(".jsonl"))
    indices = [_index(vote, index_of) for vote in record.votes_of(number)]
    if indices != sorted(set(indices)) or any(index // SHARD_LINES != number for index in indices):
        raise RuleBroken(f"{path}: votes that are not in log order, or belong into another file")


def require_whole(record: RecordFiles) -> None:
    """Raise unless no file is missing, the acts are those that the log holds, in its order, and the totals add up."""
    due = layout(record)
    missing, extra = sorted(due - set(record.files)), sorted(set(record.files) - due)
    if missing:
        raise RuleBroken(f"{missing[0]} is missing")
    if extra:
        raise RuleBroken(f"{shown_path(extra[0])} is no file of this record")
    _require_logged(record, "public/orders.json", record.orders, *PHASE_KINDS)
    _require_logged(record, "public/exclusions.json", record.exclusions, "exclusion")
    _require_totals(record)
    if record.sworn:
        _require_logged(record, "sworn/changes.json", record.changes, "roll-change")
        _require_logged(record, "sworn/revocations.json", record.revocations, "revocation")
        if record.sets.fingerprint != fingerprint(record.rules):
            raise RuleBroken("sworn/accounting.json: of another election")
        _require_names("sworn/accounting.json", [chosen.name for chosen in record.sets.sets])


def layout(record: RecordFiles) -> set[str]:
    """Every path that this record must have, by its manifest, log and accounting."""
    parts = (PUBLIC, SWORN) if record.sworn else (PUBLIC,)
    paths = {path for path in DOCUMENTS if path.startswith(parts)}
    paths |= {shard_path(LOG, number) for number in _shards(len(record.log))}
    if record.ballots is not None:
        counted = min(_total(record.accounting, "counted"), len(record.log))  # whatever a hostile record claims
        paths |= {shard_path(BALLOTS, number) for number in _shards(counted)}
    if record.sworn:
        paths |= {shard_path(VOTES, index // SHARD_LINES) for index in _vote_indices(record.log).values()}
    return paths


def _require_logged(record: RecordFiles, path: str, acts: Iterable[Signed], *kinds: str) -> None:
    logged = [entry.digest for entry in record.log if entry.kind in kinds]
    if [signed_digest(act) for act in acts] != logged:
        raise RuleBroken(f"{path}: not exactly what the log holds, in its order")


def _require_totals(record: RecordFiles) -> None:
    """What anyone can see of the accounting (the sets themselves are for B6)."""
    path, accounting = "public/accounting.json", record.accounting
    if accounting.fingerprint != fingerprint(record.rules):
        raise RuleBroken(f"{path}: of another election")
    _require_names(path, [total.name for total in accounting.sets])
    accepted, *rest = (total.votes for total in accounting.sets)
    if accepted != sum(rest) or accepted != sum(entry.kind == "vote" for entry in record.log):
        raise RuleBroken(f"{path}: the totals do not add up to the logged votes")
    if _total(accounting, "excluded") > len(record.exclusions):
        raise RuleBroken(f"{path}: more votes excluded than there are exclusions")
    counted = _total(accounting, "counted")
    if record.ballots is not None and len(record.ballots) != counted:
        raise RuleBroken(f"{path}: not as many votes counted as there are published ballots")
    for contest in record.rules.contests:
        pooled = sum(pool.ballots for pool in record.aggregates.aggregates if pool.contest == contest.id)
        everyone = all(contest.id in unit.contests for unit in record.rules.units)
        if pooled > counted or (everyone and pooled != counted):
            raise RuleBroken(f"{path}: {counted} votes counted, but {pooled} in the pools of contest {contest.id}")


def _require_names(path: str, names: Sequence[str]) -> None:
    if tuple(names) != SET_NAMES:
        raise RuleBroken(f"{path}: the sets are to be {', '.join(SET_NAMES)}, in this order")


def _total(accounting: Accounting, name: str) -> int:
    return sum(total.votes for total in accounting.sets if total.name == name)


def _shards(items: int) -> range:
    return range(-(-items // SHARD_LINES))


def _vote_indices(log: Sequence[Entry]) -> dict[str, int]:
    return {entry.digest: index for index, entry in enumerate(log) if entry.kind == "vote"}


def _index(vote: RecordedVote, index_of: Mapping[str, int]) -> int:
    index = index_of.get(digest_of(vote))
    if index is None:
        raise RuleBroken("a vote that the log does not hold has no place in a record")
    return index
