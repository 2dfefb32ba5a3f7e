"""K5, K6: rolls and changes of the roll that are not as manifest, log and authority want them."""

# ruff: noqa: E501 – tables: one case a line

from __future__ import annotations

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.eid.personal_code import voter_id
from common.log.entries import EntryKind
from common.messages.acts import Signed, roll_digest, sign_document
from common.messages.roll import ChangeSet, Roll, RollChange, RollEntry
from common.tally.evidence import Evidence
from scenarios.country.population import people
from tests.claims.attack_tools import STRANGERS, Line, act_entry, lines_of
from tests.claims.dossier import Dossier, with_document
from tests.records.making.box import rewritten
from tests.records.making.case import Pins, Tampered, record_of, recounted
from tests.records.making.elections import OTHERS, play_small, row, with_roll
from tests.records.making.manifests import AUTHORITY, EVERYBODY

ROLL = "sworn/roll.json"


# --- K5


def _under_roll(small: Dossier, name: str, roll: Roll, title: str) -> Tampered:
    """A whole election whose manifest names this roll, which the authority signed."""
    world, signed = with_roll(small.world, roll)
    made = play_small(world)
    made = replace(made, evidence=replace(made.evidence, roll=signed))
    return Tampered("K5", name, "toy-small", record_of(made), title, EVERYBODY, pins=Pins.of(made))


def _k5(small: Dossier) -> list[Tampered]:
    world, files, body = small.world, record_of(small), small.world.roll.body
    if not isinstance(body, Roll):
        raise TypeError("a roll")
    rows = list(body.voters)
    foreign = sign_document(body, Ed25519PrivateKey.generate())
    longer = _sorted(body, [*rows, row(STRANGERS[5], "north")])
    known = {entry.voter for entry in rows}
    crowd = [row(person, "north") for person in people(60, seed=5)]
    filled = _sorted(body, [*rows, *(entry for entry in crowd if entry.voter not in known)][:21])
    return [
        Tampered("K5", "signed-by-somebody", "toy-small", with_document(files, ROLL, foreign), "The roll is signed with a key that is not the authority's", ("collector", "processor")),
        Tampered("K5", "row-more", "toy-small", with_document(files, ROLL, world.authority.sign(longer)), "The authority signed another roll, with a row more than that of the manifest", AUTHORITY),
        _under_roll(small, "unsorted", replace(body, voters=(rows[1], rows[0], *rows[2:])), "The roll is not sorted by voter id"),
        _under_roll(small, "unknown-unit", replace(body, voters=(*rows[:-1], replace(rows[-1], unit="moon"))), "A voter is of a unit that the election does not have"),
        _under_roll(small, "over-max-ballots", filled, "The roll has 21 rows where max_ballots is 20"),
        _under_roll(small, "another-election-id", replace(body, election_id="5" * 32), "The roll carries another election's id"),
    ]  # fmt: skip


def _sorted(roll: Roll, rows: list[RollEntry]) -> Roll:
    return replace(roll, voters=tuple(sorted(rows, key=lambda entry: entry.voter)))


# --- K6

AT = 2
"""Where a change set is logged: after the first vote."""


def _logging(small: Dossier, *acts: Signed, kept: tuple[Signed, ...] | None = None) -> Evidence:
    """These logged one after another; the record holds `kept`, by default the same."""
    changed = lines_of(small.world.election, small.evidence.log)
    changed[AT:AT] = [Line(act_entry(act, EntryKind.ROLL_CHANGE), changed[1].time) for act in acts]
    evidence = rewritten(small, changed, acts)
    if kept is None:
        return evidence
    others = tuple(act for act in evidence.acts if not isinstance(act.body, ChangeSet))
    return replace(evidence, acts=(*kept, *others))


def _change(small: Dossier, **fields: object) -> ChangeSet:
    """A newcomer and a removal, but for `fields`."""
    roll = small.world.roll.body
    if not isinstance(roll, Roll):
        raise TypeError("a roll")
    fingerprint_ = small.world.election.fingerprint
    changes = (_row_change("north"), RollChange(voter_id(OTHERS[1].code), None))
    return replace(ChangeSet("valik/v1/roll-change", fingerprint_, 1, roll_digest(roll), changes), **fields)  # type: ignore[arg-type]


def _row_change(unit: str) -> RollChange:
    entry = row(STRANGERS[6], unit)
    return RollChange(entry.voter, entry)


def _k6(small: Dossier) -> list[Tampered]:
    sign, plain = small.world.authority.sign, _change(small)
    good = sign(plain)
    second = sign(_change(small, number=2, previous=roll_digest(plain), changes=(_row_change("south"),)))
    filling = tuple(RollChange(e.voter, e) for e in (row(person, "north") for person in people(60, seed=5)[:9]))
    nobody, someone = voter_id(STRANGERS[7].code), row(OTHERS[2], "north")

    def signed(**fields: object) -> Evidence:
        return _logging(small, sign(_change(small, **fields)))

    def more(*changes: RollChange) -> Evidence:
        return signed(changes=(*plain.changes, *changes))

    forged = _logging(small, sign_document(plain, Ed25519PrivateKey.generate()))
    rows: tuple[tuple[str, Evidence, tuple[str, ...], tuple[str, ...], str], ...] = (
        ("signed-by-somebody", forged, EVERYBODY[1:], (), "The change set is signed with a key that is not the authority's"),
        ("another-election", signed(fingerprint="ef" * 32), EVERYBODY, (), "The change set names another election's fingerprint"),
        ("out-of-number", signed(number=2), EVERYBODY, (), "The first change set says that it is the second"),
        ("another-roll", signed(previous="ef" * 32), EVERYBODY, (), "The change set continues another roll"),
        ("over-max-ballots", more(*filling), EVERYBODY, (), "The change set brings more people onto the roll than max_ballots"),
        ("voter-twice", more(_row_change("south")), EVERYBODY, (), "The change set names a voter twice"),
        ("removes-nobody", more(RollChange(nobody, None)), EVERYBODY, (), "The change set removes somebody who is not on the roll"),
        ("unknown-unit", signed(changes=(_row_change("moon"),)), EVERYBODY, (), "The change set has a row of a unit that the election does not have"),
        ("row-of-another-voter", more(RollChange(nobody, someone)), EVERYBODY, (), "A change names one voter and its row another"),
        ("logged-twice", _logging(small, good, good), EVERYBODY, (), "The log holds the change set twice"),
        ("not-logged", _logging(small, good, kept=(good, second)), ("election authority", "processor"), ("F1",), "The record holds a second, signed change set that the log does not"),
        ("missing", _logging(small, good, kept=()), ("processor",), ("F1",), "The log holds a change set that the record does not"),
    )  # fmt: skip
    found = [
        Tampered("K6", name, "toy-small", record_of(recounted(small, evidence)), title, by, also)
        for name, evidence, by, also, title in rows
    ]
    well = record_of(recounted(small, _logging(small, good, second)))
    return [*found, Tampered(None, "change-sets", "toy-small", well, "Two change sets, well chained and logged", ())]


def cases(small: Dossier) -> list[Tampered]:
    return [*_k5(small), *_k6(small)]
