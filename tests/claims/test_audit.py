"""The audit says what it checked, what it could not check, and who must answer for what fails."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from auditor.audit import audit
from auditor.findings import AuditReport
from auditor.ledger import Row
from common.crypto.systems import SYSTEMS
from common.encoding import canonical
from common.errors import Party
from common.messages.manifest import Policies
from scenarios.country.population import people
from scenarios.world import World
from tests.claims import cases_box
from tests.claims.bases import Bases
from tests.claims.cases_log import Forgery

Files = dict[str, bytes]
PLAIN = {"board": (1, 0, 0), "wishes": (1, 0, 0, 1)}
BALLOTS, RESULT, LOG = "public/ballots/000000.jsonl", "public/result.json", "public/log/000000.jsonl"
OTHERS = {"C6", "C12", "R1", "R2", "R3", "R4", "V1", "V2", "V3", "V4"}
NAMELESS = {"C10", "C11", "T1"}
OPEN_TO_ALL = {"F1", "K1", "K2", "K3", "K4", "L1", "L2", "L3", "L4", "L5", "L6", "T2", "T3", "T4", "T5", "T6"}
EXCLUSIONS = {"B5"}
"""Run on the exclusions of a public record, if it has any."""
UNSIGNED = ("public/aggregates.json", RESULT, "public/accounting.json", "public/key-proof.json", LOG)


def audited(files: Files, authority: bytes) -> AuditReport:
    return audit(files, authority, None, SYSTEMS, time.perf_counter)


def public_part(files: Files) -> Files:
    return {path: data for path, data in files.items() if path.startswith("public/")}


def rows(report: AuditReport) -> dict[str, Row]:
    return {row.id: row for row in report.rows}


def ran(report: AuditReport) -> set[str]:
    return {row.id for row in report.rows if row.result != "not run"}


def finished(world: World) -> Files:
    world.close()
    world.finalise()
    return world.record(world.tally())


@pytest.fixture(scope="module")
def report(toy_record: Files, toy_authority: bytes) -> AuditReport:
    return audited(toy_record, toy_authority)


@pytest.fixture
def published(make_world: Callable[..., World]) -> tuple[Files, bytes]:
    """An election that publishes its nameless ballots, two of which are too few to be opened in their unit."""
    world = make_world(policies=Policies("public", 3, 3, 20, 1_000_000, 200))
    for person in people(16, seed=7)[:5]:
        world.vote(world.citizen(person), PLAIN)
    return finished(world), world.authority.public_key


def test_sworn_audit_runs_all_but_other_parties_checks(report: AuditReport) -> None:
    assert report.passed
    assert {row.id for row in report.rows} - ran(report) == OTHERS


def test_public_audit_says_what_it_did_not_run(toy_record: Files, toy_authority: bytes) -> None:
    report = audited(public_part(toy_record), toy_authority)
    assert report.passed
    assert ran(report) == OPEN_TO_ALL | EXCLUSIONS
    assert rows(report)["B3"].reason == "needs the sworn part"
    assert rows(report)["C6"].reason == "only the collector can run it"
    assert any("sworn part" in note for note in report.notes)


def test_report_shows_result_and_exclusions(report: AuditReport) -> None:
    assert dict(report.accounting)["counted"] == report.contests[0].ballots == sum(report.contests[0].counts)
    assert [vote.check for vote in report.exclusions] == ["C2"]
    assert any("excluded vote" in note for note in report.notes)
    assert json.loads(report.to_json())["passed"] is True


def test_excluded_votes_failure_is_no_failure_of_the_audit(report: AuditReport) -> None:
    assert rows(report)["C2"].result == "pass"
    assert rows(report)["C2"].objects > rows(report)["C3"].objects


def test_vote_whose_exclusion_is_taken_away_fails_its_check(toy_record: Files, toy_authority: bytes) -> None:
    lines = [line for line in toy_record[LOG].split(b"\n") if b'"exclusion"' not in line]
    report = audited({**toy_record, "public/exclusions.json": b"[]", LOG: b"\n".join(lines)}, toy_authority)
    assert [failure.at_fault for failure in rows(report)["C2"].failures] == [Party.COLLECTOR]
    assert {"C2", "B3", "L1"} <= set(report.broken)


@pytest.mark.parametrize(
    "forge",
    [
        cases_box.exclusion_of_somebody_else,
        cases_box.exclusion_of_no_vote,
        cases_box.exclusion_for_another_election,
        cases_box.exclusion_of_a_later_vote,
    ],
)
def test_exclusion_that_is_none_is_found_by_everyone(forge: Forgery, bases: Bases) -> None:
    """It exempts a vote from the deadline, so its signature is everybody's business."""
    files = replace(bases.dossier, evidence=forge(bases.dossier)).files(sworn=False)
    (row,) = (row for row in audited(files, bases.world.authority.public_key).rows if row.id == "B5")
    assert (row.result, [failure.at_fault for failure in row.failures]) == ("fail", [Party.AUTHORITY])


def test_public_record_without_exclusions_needs_no_b5(published: tuple[Files, bytes]) -> None:
    files, authority = published
    assert rows(audited(public_part(files), authority))["B5"].reason == "nothing was excluded"


def test_one_tree_in_two_checkpoints_is_no_form(toy_record: Files, toy_authority: bytes) -> None:
    """A note again with a cosignature less says nothing, and would be a place where records differ."""
    path = "public/checkpoints.json"
    notes = json.loads(toy_record[path])
    fewer = notes[-1][: notes[-1].rindex("\n— ") + 1]
    report = audited(
        {**toy_record, path: canonical.encode(sorted([*notes, fewer], key=_size_and_text))}, toy_authority
    )
    assert "F1" in report.broken
    assert audited({**toy_record, path: canonical.encode([*notes[:-1], fewer])}, toy_authority).passed


def _size_and_text(note: str) -> tuple[int, str]:
    return int(note.split("\n")[1]), note


def test_nameless_ballots_are_checked_by_everyone(published: tuple[Files, bytes]) -> None:
    files, authority = published
    report = audited(public_part(files), authority)
    assert report.passed
    assert ran(report) == OPEN_TO_ALL | NAMELESS
    assert rows(report)["C11"].objects == 5
    assert len(report.merges) == 2
    assert audited(files, authority).passed


def test_nameless_ballot_left_out_or_replaced_is_found(published: tuple[Files, bytes]) -> None:
    files, authority = published
    lines = files[BALLOTS].split(b"\n")
    shorter = {**files, BALLOTS: b"\n".join(lines[1:])}
    assert {"F1", "T1"} <= set(audited(public_part(shorter), authority).broken)
    assert {"F1", "B6"} <= set(audited(shorter, authority).broken)
    ballot = json.loads(lines[0])
    ballot["pseudonym"] = "00" * 32
    changed = sorted([canonical.encode(ballot), *lines[1:-1]])
    report = audited(public_part({**files, BALLOTS: b"\n".join([*changed, b""])}), authority)
    assert not report.passed


def test_election_without_votes_passes_and_says_so(make_world: Callable[..., World]) -> None:
    world = make_world()
    world.clock.now = world.election.closes + world.election.manifest.times.grace + 1
    world.collector.submit_act(world.authority.order(world.election, "close", 1))
    world.finalise()
    report = audited(world.record(world.tally()), world.authority.public_key)
    assert report.broken == ()
    assert rows(report)["C11"].reason == "no vote was cast"
    assert rows(report)["K6"].reason == "the roll was not changed"


def test_announced_counts_changed_are_found(toy_record: Files, toy_authority: bytes) -> None:
    result = json.loads(toy_record[RESULT])
    counts, total = result["outcomes"][0]["counts"], result["totals"][0]["counts"]
    for numbers in (counts, total):
        numbers[0], numbers[1] = numbers[0] - 1, numbers[1] + 1
    report = audited(public_part({**toy_record, RESULT: canonical.encode(result)}), toy_authority)
    assert report.broken == ("T5",)


def test_audit_of_anything_at_all_fails_without_raising(toy_authority: bytes) -> None:
    for files in ({}, {"public/manifest.json": b"{}"}, {"x": b""}, {"sworn/roll.json": b"\xff"}):
        report = audited(dict(files), toy_authority)
        assert "F1" in report.broken
        assert report.fingerprint is None


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) inside a JSON document."""
    keys = value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


def mutated(document: Any, draw: random.Random) -> Any:
    """The document with one value somewhere inside replaced, removed or repeated."""
    found = list(places(document))
    parent, key = draw.choice(found)
    other, other_key = draw.choice(found)
    change = draw.randrange(3)
    if change == 0 and isinstance(parent, list):
        del parent[key]
    elif change == 1 and isinstance(parent, list):
        parent.append(parent[key])
    else:
        copy = json.loads(json.dumps(other[other_key]))
        parent[key] = draw.choice([0, 2**53 - 1, "", [], {}, None, "A" * 86, copy])
    return document


def test_hostile_documents_fail_without_raising(toy_record: Files, toy_authority: bytes) -> None:
    draw = random.Random(11)
    for path in UNSIGNED[:4] * 8:
        changed = canonical.encode(mutated(json.loads(toy_record[path]), draw))
        if changed != toy_record[path]:
            files = {**public_part(toy_record), path: changed}
            report = audited(files, toy_authority)
            assert report.broken or path == "public/accounting.json"
