"""The collection of records: samples and bases pass, each tampered one fails with its check, in both audits."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from auditor.audit import audit
from auditor.findings import AuditReport
from common.checks.catalogue import COMPLETE
from common.crypto.systems import SYSTEMS
from common.encoding.octets import from_base64url

RECORDS = Path(__file__).parent.parent / "records"
CASES = sorted(path.parent.name for path in (RECORDS / "tampered").glob("*/case.json"))
OTHERS = {"C6", "C12", "R1", "R2", "R3", "R4", "V1", "V2", "V3", "V4"}
"""Checks that no auditor can run."""
Files = Mapping[str, bytes]


@cache
def files_of(directory: Path) -> Files:
    found = (path for path in directory.rglob("*") if path.is_file())
    return {path.relative_to(directory).as_posix(): path.read_bytes() for path in found}


def case_of(name: str) -> dict[str, Any]:
    case: dict[str, Any] = json.loads((RECORDS / "tampered" / name / "case.json").read_text())
    return case


def pins_of(base: str) -> dict[str, str]:
    pins: dict[str, str] = json.loads((RECORDS / base / "pins.json").read_text())
    return pins


def record_of(case: Mapping[str, Any]) -> Files:
    """The base with the case's files laid over it, less the removed ones: as the collection's page says."""
    whole = {**files_of(RECORDS / case["base"] / "record"), **files_of(RECORDS / "tampered" / case["id"] / "record")}
    return {path: data for path, data in whole.items() if path not in case["removed"]}


def audited(files: Files, pins: Mapping[str, str]) -> AuditReport:
    return audit(files, from_base64url(pins["authority_key"]), pins["fingerprint"], SYSTEMS, time.perf_counter)


def public_part(files: Files) -> Files:
    return {path: data for path, data in files.items() if path.startswith("public/")}


def failed(report: AuditReport) -> set[str]:
    return {row.id for row in report.rows if row.result == "fail"}


def require_passes(name: str) -> None:
    files, pins = files_of(RECORDS / name / "record"), pins_of(name)
    for part in (files, public_part(files)):
        report = audited(part, pins)
        assert report.passed, report.broken
        assert report.contests


@pytest.mark.parametrize("name", ["toy", "toy-small"])
def test_record_that_nobody_tampered_with_passes(name: str) -> None:
    require_passes(name)


@pytest.mark.full_size
@pytest.mark.parametrize("name", ["sample-2048", "sample-3072"])
def test_sample_of_full_size_passes(name: str) -> None:
    require_passes(name)


@pytest.mark.parametrize("name", ["sample-2048", "sample-3072"])
def test_sample_has_something_of_everything(name: str) -> None:
    files = files_of(RECORDS / name / "record")
    kinds = {json.loads(line)["kind"] for line in files["public/log/000000.jsonl"].splitlines()}
    assert kinds == {"open", "vote", "roll-change", "extension", "close", "revocation", "exclusion", "final"}
    totals = {each["name"]: each["votes"] for each in json.loads(files["public/accounting.json"])["sets"]}
    assert min(totals.values()) >= 1
    pools = json.loads(files["public/aggregates.json"])["aggregates"]
    assert any(not pool["ciphertexts"] for pool in pools)
    assert any(len(pool["units"]) > 1 for pool in pools)


@pytest.mark.full_size
@pytest.mark.parametrize("name", ["sample-2048", "sample-3072"])
def test_sample_of_full_size_with_another_fingerprint_pinned_fails(name: str) -> None:
    pins = {**pins_of(name), "fingerprint": "00" * 32}
    assert "K1" in audited(files_of(RECORDS / name / "record"), pins).broken


@pytest.mark.parametrize("name", CASES)
def test_tampered_record_fails_with_exactly_its_check(name: str) -> None:
    case = case_of(name)
    files, pins = record_of(case), case["pins"] or pins_of(case["base"])
    report, public = audited(files, pins), audited(public_part(files), pins)
    expected = {case["check"], *case["also"]} - {None}
    assert failed(report) == expected, report.broken
    assert report.passed == (case["check"] is None)
    assert (public.passed, failed(public)) == (case["public"]["passes"], set(case["public"]["fails"]))
    blamed = {failure.at_fault.value for row in report.rows if row.id == case["check"] for failure in row.failures}
    assert blamed == ({case["at_fault"]} - {None})


def test_every_check_of_an_auditor_has_a_tampered_record() -> None:
    assert {case_of(name)["check"] for name in CASES} - {None} == set(COMPLETE.ids()) - OTHERS


def test_case_lists_what_it_changes_and_keeps_to_its_folder() -> None:
    for name in CASES:
        case = case_of(name)
        base, over = files_of(RECORDS / case["base"] / "record"), files_of(RECORDS / "tampered" / name / "record")
        assert case["id"] == name
        assert sorted(set(over) & set(base)) == case["changed"]
        assert sorted(set(over) - set(base)) == case["added"]
        assert set(case["removed"]) <= set(base) - set(over)
        assert over or case["removed"] or case["pins"]


def test_no_two_cases_are_the_same() -> None:
    seen = {(case["base"], tuple(sorted(record_of(case).items())), str(case["pins"])) for case in map(case_of, CASES)}
    assert len(seen) == len(CASES)
