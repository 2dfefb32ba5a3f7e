"""The record's layout: what is written is read back, and nothing else is read."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from common.errors import MalformedMessage, RuleBroken, ValikError
from common.log.entries import Entry, EntryKind
from common.messages.message import encode
from common.tally.record import (
    PublicRecord,
    SwornRecord,
    evidence,
    gather,
    nameless,
    read_public,
    read_sworn,
    write_public,
    write_sworn,
)
from common.tally.record_files import RecordFiles

Files = dict[str, bytes]
LOG, VOTES = "public/log/000000.jsonl", "sworn/votes/000000.jsonl"


@pytest.fixture(scope="module")
def public(toy_record: Files) -> PublicRecord:
    return read_public(toy_record)


@pytest.fixture(scope="module")
def sworn(toy_record: Files, public: PublicRecord) -> SwornRecord:
    return read_sworn(toy_record, public)


def refuse(files: Files) -> None:
    with pytest.raises((MalformedMessage, RuleBroken)):
        read_sworn(files, read_public(files))


def test_what_is_read_writes_the_same_bytes(toy_record: Files, public: PublicRecord, sworn: SwornRecord) -> None:
    assert write_public(public) | write_sworn(sworn, public) == toy_record


def test_writing_brings_checkpoints_and_shares_into_order(toy_record: Files, public: PublicRecord) -> None:
    mixed = replace(
        public, checkpoints=(*public.checkpoints[::-1], public.checkpoints[0]), shares=public.shares[::-1]
    )
    assert write_public(mixed) == {p: data for p, data in toy_record.items() if p.startswith("public/")}


def test_evidence_is_the_same_from_parts_and_from_files(
    toy_record: Files, public: PublicRecord, sworn: SwornRecord
) -> None:
    assert gather(RecordFiles(toy_record)) == evidence(public, sworn)


def test_every_missing_file_is_refused(toy_record: Files) -> None:
    for path in toy_record:
        refuse({p: data for p, data in toy_record.items() if p != path})


def test_every_renamed_file_is_refused(toy_record: Files) -> None:
    for path, data in toy_record.items():
        refuse({p: d for p, d in toy_record.items() if p != path} | {path + "x": data})


@pytest.mark.parametrize(
    "path",
    [
        "README",
        "public/notes.txt",
        "public/log/000001.jsonl",
        "public/log/1.jsonl",
        "public/ballots/000000.jsonl",
        "sworn/votes/000001.jsonl",
        "sworn/../public/manifest.json",
    ],
)
def test_extra_file_is_refused(toy_record: Files, path: str) -> None:
    for data in (b"", b"[]", toy_record[VOTES], toy_record[LOG]):
        refuse({**toy_record, path: data})


def test_ballots_in_form_are_refused_where_none_are_published(toy_record: Files, sworn: SwornRecord) -> None:
    """Whoever slips them in would publish what the election keeps for sworn auditors."""
    ballots = nameless(recorded.vote.ballot for recorded in sworn.votes)
    lines = b"".join(encode(ballot) + b"\n" for ballot in ballots)
    refuse({**toy_record, "public/ballots/000000.jsonl": lines})


@pytest.mark.parametrize(
    "garble",
    [
        lambda data: b"",
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: b" " + data,
        lambda data: data + data,
        lambda data: data.replace(b'":', b'": ', 1),
        lambda data: data.replace(b"{", b'{"added":1,', 1),
    ],
    ids=["empty", "cut", "newline", "space", "doubled", "spaced", "field"],
)
def test_every_garbled_file_is_refused(toy_record: Files, garble: Callable[[bytes], bytes]) -> None:
    for path, data in toy_record.items():
        changed = garble(data)
        if changed != data:
            refuse({**toy_record, path: changed})


def test_errors_name_the_file(toy_record: Files) -> None:
    with pytest.raises(MalformedMessage, match=r"public/result\.json"):
        read_public({**toy_record, "public/result.json": b"{}"})
    with pytest.raises(MalformedMessage, match=r"public/log/000000\.jsonl, line 2"):
        read_public({**toy_record, LOG: toy_record[LOG].replace(b'"vote"', b'"vole"', 1)})


def reordered(data: bytes) -> bytes:
    if data.startswith(b"["):
        return json.dumps(json.loads(data)[::-1], separators=(",", ":"), ensure_ascii=False).encode()
    return b"".join(line + b"\n" for line in data.split(b"\n")[:-1][::-1])


@pytest.mark.parametrize("path", ["public/checkpoints.json", "public/shares.json", "public/orders.json", LOG, VOTES])
def test_other_order_is_refused(toy_record: Files, path: str) -> None:
    refuse({**toy_record, path: reordered(toy_record[path])})


@pytest.mark.parametrize(
    ("path", "field"),
    [("public/accounting.json", "votes"), ("public/aggregates.json", "ballots")],
)
def test_totals_that_do_not_add_up_are_refused(toy_record: Files, path: str, field: str) -> None:
    document = json.loads(toy_record[path])
    document.get("sets", document.get("aggregates"))[0][field] += 1
    refuse({**toy_record, path: json.dumps(document, separators=(",", ":")).encode()})


def test_public_part_alone_is_read(toy_record: Files, public: PublicRecord) -> None:
    alone = {path: data for path, data in toy_record.items() if path.startswith("public/")}
    assert read_public(alone) == public
    with pytest.raises(RuleBroken, match="no sworn part"):
        read_sworn(alone, public)


def test_vote_that_is_not_logged_has_no_place(public: PublicRecord, sworn: SwornRecord) -> None:
    shorter = replace(public, log=tuple(entry for entry in public.log if entry.kind != "vote"))
    with pytest.raises(RuleBroken, match="log does not hold"):
        write_sworn(sworn, shorter)


def test_long_log_is_cut_into_shards(public: PublicRecord) -> None:
    log = tuple(Entry(EntryKind.VOTE, f"{number:064x}") for number in range(600))
    files = write_public(replace(public, log=log))
    names = [f"public/log/00000{number}.jsonl" for number in range(3)]
    assert [files[name].count(b"\n") for name in names] == [256, 256, 88]
    assert RecordFiles(files).log == log
    for broken in (
        {path: data for path, data in files.items() if path != names[1]},
        {**files, names[0]: files[names[0]] + files[names[1]], names[1]: files[names[2]]},
        {**files, names[1]: files[names[2]]},
    ):
        with pytest.raises(ValikError):
            _ = RecordFiles(broken).log


def test_one_broken_file_leaves_the_others_readable(toy_record: Files, public: PublicRecord) -> None:
    record = RecordFiles({**toy_record, "public/result.json": b"?"})
    assert record.aggregates == public.aggregates
    with pytest.raises(MalformedMessage):
        _ = record.result


def test_votes_stand_in_the_shards_of_their_log_entries(public: PublicRecord, sworn: SwornRecord) -> None:
    filler = tuple(Entry(EntryKind.REVOCATION, f"{number:064x}") for number in range(248))
    files = write_sworn(sworn, replace(public, log=(*filler, *public.log)))
    lines = [files[f"sworn/votes/00000{number}.jsonl"].count(b"\n") for number in range(2)]
    assert lines[0] == sum(entry.kind == "vote" for entry in public.log[:8])
    assert sum(lines) == len(sworn.votes)


def test_published_ballots_are_sorted_by_digest(sworn: SwornRecord) -> None:
    ballots = [recorded.vote.ballot for recorded in sworn.votes]
    assert nameless(ballots) == nameless(ballots[::-1])
