"""Whoever changes a finished record is found out: by any byte, and by any file added, removed or renamed."""

from __future__ import annotations

import random
import time

import pytest

from auditor.audit import audit
from auditor.findings import AuditReport
from common.crypto.systems import SYSTEMS

Files = dict[str, bytes]
FLIPS = 12
"""Flips in each file; the positions are seeded, so that a failure repeats on the same kind of byte."""
PUBLIC_PATHS = (
    "public/accounting.json",
    "public/aggregates.json",
    "public/checkpoints.json",
    "public/exclusions.json",
    "public/key-proof.json",
    "public/log/000000.jsonl",
    "public/manifest.json",
    "public/orders.json",
    "public/result.json",
    "public/shares.json",
)
SWORN_PATHS = (
    "sworn/accounting.json",
    "sworn/changes.json",
    "sworn/revocations.json",
    "sworn/roll.json",
    "sworn/votes/000000.jsonl",
)


def audited(files: Files, authority: bytes) -> AuditReport:
    return audit(files, authority, None, SYSTEMS, time.perf_counter)


def public_part(files: Files) -> Files:
    return {path: data for path, data in files.items() if path.startswith("public/")}


def flipped(data: bytes, position: int, bit: int) -> bytes:
    return data[:position] + bytes([data[position] ^ 1 << bit]) + data[position + 1 :]


def undetected(files: Files, path: str, authority: bytes) -> list[str]:
    """The flips in one file that an audit of `files` does not see, with their surroundings."""
    draw, data, missed = random.Random(path), files[path], []
    for _ in range(FLIPS):
        position, bit = draw.randrange(len(data)), draw.randrange(8)
        report = audited({**files, path: flipped(data, position, bit)}, authority)
        if report.passed or not report.broken:
            missed.append(f"{path} byte {position} bit {bit}: {data[max(0, position - 30) : position + 10]!r}")
    return missed


def test_there_are_exactly_these_files(toy_record: Files) -> None:
    assert tuple(sorted(toy_record)) == PUBLIC_PATHS + SWORN_PATHS


def test_untouched_record_passes(toy_record: Files, toy_authority: bytes) -> None:
    assert audited(toy_record, toy_authority).broken == ()
    assert audited(public_part(toy_record), toy_authority).broken == ()


@pytest.mark.parametrize("path", [path for path in PUBLIC_PATHS if path != "public/accounting.json"])
def test_public_audit_sees_every_flipped_byte(toy_record: Files, toy_authority: bytes, path: str) -> None:
    assert undetected(public_part(toy_record), path, toy_authority) == []


@pytest.mark.parametrize("path", ["public/accounting.json", *SWORN_PATHS])
def test_sworn_audit_sees_every_flipped_byte(toy_record: Files, toy_authority: bytes, path: str) -> None:
    """The commitments in the public accounting say something only to who sees the sets."""
    assert undetected(toy_record, path, toy_authority) == []


@pytest.mark.parametrize("path", PUBLIC_PATHS + SWORN_PATHS)
def test_audit_sees_a_missing_and_a_renamed_file(toy_record: Files, toy_authority: bytes, path: str) -> None:
    files = toy_record if path in SWORN_PATHS else public_part(toy_record)
    without = {name: data for name, data in files.items() if name != path}
    assert "F1" in audited(without, toy_authority).broken
    assert "F1" in audited({**without, path.replace(".json", "-.json"): files[path]}, toy_authority).broken


@pytest.mark.parametrize("path", ["notes.txt", "public/log/000001.jsonl", "public/ballots/000000.jsonl"])
def test_audit_sees_an_added_file(toy_record: Files, toy_authority: bytes, path: str) -> None:
    files = public_part(toy_record)
    assert "F1" in audited({**files, path: files["public/log/000000.jsonl"]}, toy_authority).broken


def test_another_authority_or_fingerprint_is_refused(toy_record: Files, toy_authority: bytes) -> None:
    assert "K1" in audited(toy_record, bytes(32)).broken
    report = audit(toy_record, toy_authority, "00" * 32, SYSTEMS, time.perf_counter)
    assert "K1" in report.broken
