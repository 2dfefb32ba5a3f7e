"""A tampered record: what was done to a base by whom, and which check must fail for it."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from auditor.audit import audit
from auditor.findings import AuditReport
from common.checks.catalogue import COMPLETE
from common.crypto.systems import SYSTEMS
from common.encoding.octets import to_base64url
from common.errors import ValikError
from common.tally.evidence import Evidence
from common.tally.record_files import BALLOTS
from tests.claims.dossier import Dossier, tallied

Files = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Pins:
    """What an auditor knows from outside."""

    authority: bytes
    fingerprint: str

    @classmethod
    def of(cls, dossier: Dossier) -> Pins:
        return cls(dossier.world.authority.public_key, dossier.world.election.fingerprint)

    def plain(self) -> dict[str, str]:
        return {"authority_key": to_base64url(self.authority), "fingerprint": self.fingerprint}


MAY = {
    "B6-paper-vote-counted": ("B7",),
    "B6-removed-voters-vote-counted": ("B7",),
    "L1-revocation-exchanged": ("L5",),
    "L2-fork-in-place": ("B3", "C2"),
}
"""What another verifier may find failed besides: it judges by the sets that were published, or goes on further."""


@dataclass(frozen=True, slots=True)
class Tampered:
    """`files` is the whole record, tampered with. `also` fail of necessity with `check`; None: it is to be accepted.

    `by`: the hostile parties, whose keys were used. `at_fault`: whom the specification blames.
    """

    check: str | None
    name: str
    base: str
    files: Files
    title: str
    by: tuple[str, ...]
    also: tuple[str, ...] = ()
    at_fault: str | None = None
    pins: Pins | None = None

    @property
    def id(self) -> str:
        return f"{self.check or 'accepted'}-{self.name}"


def record_of(dossier: Dossier) -> dict[str, bytes]:
    """All its files; nameless ballots only where the policy wants them."""
    published = dossier.world.election.manifest.policies.publication == "public"
    return {path: data for path, data in dossier.files().items() if published or not path.startswith(BALLOTS)}


def whole(
    check: str, name: str, made: Dossier, title: str, by: tuple[str, ...], also: tuple[str, ...] = ()
) -> Tampered:
    """A whole election like `toy-small`, with a fingerprint of its own."""
    return Tampered(check, name, "toy-small", record_of(made), title, by, also, pins=Pins.of(made))


def recounted(dossier: Dossier, evidence: Evidence) -> Dossier:
    """Processor and trustees, all hostile, count other evidence.

    What cannot be replayed they count as before, for its final tree; what has none, not at all.
    """
    try:
        counted = tallied(dossier.world, evidence)
    except ValikError:
        return _as_before(replace(dossier, evidence=evidence), evidence)
    if [chosen.votes for chosen in counted.sets.sets] == [chosen.votes for chosen in dossier.sets.sets]:
        return replace(counted, sets=dossier.sets, accounting=dossier.accounting)  # the same sets, the same salts
    return counted


def _as_before(dossier: Dossier, evidence: Evidence) -> Dossier:
    if not list(evidence.log.positions("final")):
        return dossier
    root = evidence.log.tree().root(evidence.log.position("final") + 1).hex()
    return dossier.reopened(replace(dossier.aggregates, final_root=root))


def audited(files: Files, pins: Pins) -> AuditReport:
    return audit(files, pins.authority, pins.fingerprint, SYSTEMS, time.perf_counter)


def public_part(files: Files) -> Files:
    return {path: data for path, data in files.items() if path.startswith("public/")}


def failed(report: AuditReport) -> list[str]:
    return [row.id for row in report.rows if row.result == "fail"]


def not_run(report: AuditReport) -> list[str]:
    """Checks that were due and could not be run."""
    return [row.id for row in report.rows if row.result == "not run" and not row.good]


def describe(case: Tampered, base: Files, pins: Pins) -> dict[str, object]:
    """The case's `case.json`. `ValueError` if this program does not say of the record what the case says."""
    known = case.pins or pins
    report, public = audited(case.files, known), audited(public_part(case.files), known)
    due = {case.check, *case.also} if case.check else set()
    if set(failed(report)) != due or report.passed != (case.check is None):
        reasons = [(row.id, row.failures or row.reason) for row in report.rows if not row.good]
        raise ValueError(f"{case.id}: {sorted(due)} expected, found {reasons}")
    rows = {row.id: row for row in report.rows}
    at_fault = case.at_fault or (COMPLETE[case.check].at_fault.value if case.check else None)
    if case.check and case.check[0] == "C":
        at_fault = "collector"
    if case.check and {f.at_fault.value for f in rows[case.check].failures} != {at_fault}:
        raise ValueError(f"{case.id}: {at_fault} is to be blamed, not {rows[case.check].failures}")
    return {
        "id": case.id,
        "base": case.base,
        "title": case.title,
        "hostile": list(case.by),
        "check": case.check,
        "also": list(case.also),
        "may": list(MAY.get(case.id, ())),
        "not_run": not_run(report),
        "at_fault": at_fault,
        "public": {"passes": public.passed, "fails": failed(public), "not_run": not_run(public)},
        "changed": sorted(path for path, data in case.files.items() if path in base and base[path] != data),
        "added": sorted(set(case.files) - set(base)),
        "removed": sorted(set(base) - set(case.files)),
        "pins": None if case.pins is None else case.pins.plain(),
    }


def write_case(directory: Path, case: Tampered, base: Files, pins: Pins) -> None:
    """`case.json`, and under `record/` the files that differ from the base."""
    told = describe(case, base, pins)
    for path, data in case.files.items():
        if base.get(path) != data:
            write(directory / "record" / path, data)
    write(directory / "case.json", shown(told))


def write_base(directory: Path, files: Files, pins: Pins) -> None:
    """A whole record with its pins beside it, in place of what was there."""
    shutil.rmtree(directory, ignore_errors=True)
    for path, data in files.items():
        write(directory / "record" / path, data)
    write(directory / "pins.json", shown(pins.plain()))


def shown(document: object) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
