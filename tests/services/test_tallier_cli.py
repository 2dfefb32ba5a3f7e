"""Authority, dealer, trustees and processor by hand: every step a command, everything between them a file."""

from __future__ import annotations

import csv
import re
import shutil
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from auditor.audit import audit
from common.crypto.systems import SYSTEMS
from common.eid.personal_code import voter_id
from common.encoding.times import from_rfc3339
from common.errors import CheckFailed, CryptoError, RuleBroken, ServiceRefused, SetupError, ValikError
from common.messages.draft import RollChanges
from common.messages.message import decode, encode
from common.messages.result import Result, SignedAnswer
from common.messages.roll import RollChange, RollEntry
from common.ports import Unavailable
from common.requests import RehearsalShares
from common.tally.evidence import Evidence
from common.tally.record import SET_NAMES
from common.tally.record_files import RecordFiles
from common.transport.documents import read_document, write_document
from common.transport.key_files import held_alone
from common.transport.record_folder import read_record
from scenarios.services import Premises
from scenarios.world import Citizen, Clock
from tallier.ceremony import Ceremony
from tallier.export import result_rows
from tallier.wanted import read_changes, read_voters
from tests.conftest import CHOICES, PEOPLE, TIMES, cast_too_late, draft, rows
from tests.services.tallier_hall import SET, TOY, Hall, done, new_hall, run

CODE = re.compile(r"(?<![0-9a-z])[0-9]{11}(?![0-9a-z])")  # not a run of digits inside a digest
NOWHERE = "http://127.0.0.1:1"
TRUSTEES = (1, 2, 3)


def each(option: str, *files: Path) -> list[str | Path]:
    """The same option once for each file."""
    return [part for file in files for part in (option, file)]


def refused(kind: type[ValikError], *arguments: str | Path) -> str:
    """The sentence with which a command gives up."""
    result = run(*arguments)
    assert isinstance(result.exception, kind), (result.exception, result.output)
    assert not CODE.search(str(result.exception) + result.output)
    return str(result.exception)


def deal(hall: Hall, out: Path) -> list[str | Path]:
    public = [hall.at / f"trustee-{number}" / "public.json" for number in TRUSTEES]
    return ["ceremony", "deal", "--draft", hall.at / "draft.json", *each("--trustee", *public), "--out", out, TOY]


def receive(hall: Hall, number: int, sealed: int | None = None) -> list[str | Path]:
    folder, file = hall.at / f"trustee-{number}", hall.at / "deal" / f"sealed-{sealed or number}.json"
    return ["trustee", "receive", folder, file, *SET]


def rehearse(hall: Hall, number: int) -> list[str | Path]:
    return ["trustee", "rehearse", hall.at / f"trustee-{number}", "--out", hall.at / f"rehearsal-{number}.json", *SET]


def finish(hall: Hall, *rehearsals: Path, out: str = "ceremony.json") -> list[str | Path]:
    return ["ceremony", "finish", hall.at / "deal", *each("--rehearsal", *rehearsals), "--out", hall.at / out, TOY]


def answer(hall: Hall, number: int, processed: Path, out: Path) -> list[str | Path]:
    files = [
        part for name in ("key-proof", "evidence", "aggregates") for part in (f"--{name}", processed / f"{name}.json")
    ]
    return ["trustee", "answer", hall.at / f"trustee-{number}", *hall.pinned, *files, "--out", out, TOY]


def process(hall: Hall, out: Path) -> list[str | Path]:
    key_proof = hall.election / "key-proof.json"
    return ["processor", "process", "--box", hall.box, *hall.pinned, "--key-proof", key_proof, "--out", out, TOY]


def by_hand(hall: Hall) -> None:
    """The ceremony with files alone, and the manifest."""
    done(*deal(hall, hall.at / "deal"))
    for number in TRUSTEES:
        done(*receive(hall, number))
        done(*rehearse(hall, number))
    done(*finish(hall, *(hall.at / f"rehearsal-{number}.json" for number in (3, 1, 2))))
    done(*hall.manifest_arguments())


@dataclass(frozen=True, slots=True)
class Finished:
    """An election held by hand, its record in `hall.at / "record"`; what the commands said, in order.

    `checked`: what `processor check` showed before the exclusions.
    """

    hall: Hall
    citizens: tuple[Citizen, ...]
    said: tuple[dict[str, object], ...]
    checked: str


@pytest.fixture(scope="module")
def premises() -> Iterator[Premises]:
    made = Premises()
    yield made
    made.close()


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory, premises: Premises) -> tuple[Hall, Path]:
    """An election before its polls open, and a copy of its folder that stays so."""
    hall = new_hall(tmp_path_factory.mktemp("hall"), draft(), rows(), premises)
    by_hand(hall)
    copy = tmp_path_factory.mktemp("copy") / "hall"
    shutil.copytree(hall.at, copy)
    return hall, copy


@pytest.fixture(scope="module")
def finished(founded: tuple[Hall, Path]) -> Finished:
    """Votes, a roll change, a paper vote, a vote to be excluded; do not change it."""
    hall, _ = founded
    world, at = hall.open_polls(), hall.at
    citizens = tuple(world.citizen(person) for person in PEOPLE[:12])
    for citizen in citizens:
        hall.clock.now += 60
        world.vote(citizen, CHOICES)
    (at / "changes.csv").write_text(f"{citizens[11].card.voter_id},remove\n{PEOPLE[12].code},New Õun,north\n")
    (at / "paper.txt").write_text(f"{PEOPLE[2].code}\n\n{citizens[2].card.voter_id}\n")
    said = [done(*hall.act("change-roll", "--changes", at / "changes.csv"))]
    cast_too_late(world, citizens[1])
    hall.end_voting()
    said += [done(*hall.act("close", log=True)), done(*hall.act("revoke", "--voters", at / "paper.txt"))]
    said.append(done("processor", "check", "--box", hall.box, *hall.pinned, "--out", at / "faults.json", TOY))
    checked = run("processor", "check", "--box", hall.box, *hall.pinned, TOY).stdout
    said += [done(*hall.act("exclude", "--faults", at / "faults.json")) for _ in range(2)]
    said += [done(*hall.act("finalise", log=True)), done(*process(hall, at / "processor"))]
    said += [done(*answer(hall, number, at / "processor", at / f"answer-{number}.json")) for number in (1, 3)]
    answers = each("--answer", at / "answer-1.json", at / "answer-3.json")
    said.append(done("processor", "open", at / "processor", *answers, TOY))
    said.append(done("processor", "publish", at / "processor", "--out", at / "record"))
    return Finished(hall, citizens, tuple(said), checked)


@pytest.fixture
def hall(tmp_path: Path, premises: Premises) -> Hall:
    """Parties with their keys, before the ceremony."""
    return new_hall(tmp_path, draft(), rows(), premises)


@pytest.fixture
def polls(founded: tuple[Hall, Path], tmp_path: Path) -> Hall:
    """An election whose polls are open, with one ceremony for all tests."""
    hall, copy = founded
    shutil.copytree(copy, tmp_path / "hall")
    opened = replace(hall, at=tmp_path / "hall", clock=Clock(from_rfc3339(TIMES.opens)), world=None)
    opened.open_polls()
    return opened


# --- the whole way


def test_election_by_hand_passes_the_audit(finished: Finished) -> None:
    at, world = finished.hall.at, finished.hall.polls
    fingerprint = (finished.hall.election / "fingerprint.txt").read_text().strip()
    report = audit(read_record(at / "record"), world.authority.public_key, fingerprint, SYSTEMS, time.perf_counter)
    assert report.passed
    counted = finished.said[7]
    assert [counted[name] for name in SET_NAMES] == [13, 1, 1, 2, 9]
    assert finished.said[-2]["totals"] == {"board": [9, 0, 0], "wishes": [9, 0, 0, 9]}


def test_audit_of_an_election_by_hand_fails_under_another_fingerprint(finished: Finished) -> None:
    key = finished.hall.polls.authority.public_key
    report = audit(read_record(finished.hall.at / "record"), key, "00" * 32, SYSTEMS, time.perf_counter)
    assert not report.passed


def test_exclusions_are_not_sent_twice(finished: Finished) -> None:
    first, second = finished.said[4:6]
    assert (len(first["indices"]), second["indices"], second["before"]) == (1, [], 1)  # type: ignore[arg-type]


def test_no_program_is_told_a_personal_code(finished: Finished) -> None:
    assert not CODE.search(repr(finished.said))


def test_what_is_secret_or_sworn_is_the_owners_alone(finished: Finished) -> None:
    at = finished.hall.at
    for folder in (at / "authority", at / "trustee-1", at / "processor", at / "record" / "sworn"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for file in ("authority/authority.pem", "trustee-1/signing.pem", "trustee-1/state.json", "election/roll.json"):
        assert stat.S_IMODE((at / file).stat().st_mode) == 0o600
    public = "".join(path.read_text() for path in finished.hall.election.iterdir() if path.name != "roll.json")
    assert not CODE.search(public)


def test_people_read_tables_and_what_comes_next(finished: Finished, tmp_path: Path) -> None:
    hall, again = finished.hall, tmp_path / "processor"
    shutil.copytree(hall.at / "processor", again)
    (again / "result.json").unlink()
    assert "C2" in finished.checked
    assert "authority exclude" in finished.checked
    checked = run("processor", "check", "--box", hall.box, *hall.pinned, TOY)
    assert "every vote in the box is good" in checked.stdout, "what was excluded is not found again"
    opened = run("processor", "open", again, TOY)
    assert "Who chairs the board?" in opened.stdout
    assert "valik processor publish" in opened.stdout
    assert "TOY PARAMETERS" in opened.stderr


# --- the results as CSV


def test_export_gives_a_row_for_each_unit_and_option(finished: Finished, tmp_path: Path) -> None:
    said = done("processor", "export", finished.hall.at / "record", "--out", tmp_path / "results.csv")
    with (tmp_path / "results.csv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    assert said["rows"] == len(table) == 3 * 3 + 4 * 3
    north = [row for row in table if (row["contest"], row["unit"]) == ("board", "north")]
    assert [(row["option"], row["votes"], row["ballots"], row["voters"]) for row in north] == [
        ("Ada", "5", "5", "7"),
        ("Ben", "0", "5", "7"),
        ("Blank vote", "0", "5", "7"),
    ]
    total = [row for row in table if (row["contest"], row["unit"]) == ("board", "")]
    assert [(row["votes"], row["ballots"], row["voters"]) for row in total[:1]] == [("9", "9", "12")]


def test_export_of_the_public_part_knows_no_voters(finished: Finished, tmp_path: Path) -> None:
    done("processor", "export", finished.hall.at / "record" / "public", "--out", tmp_path / "results.csv")
    with (tmp_path / "results.csv").open(encoding="utf-8", newline="") as file:
        assert {row["voters"] for row in csv.DictReader(file)} == {""}


def test_export_leaves_what_was_not_opened_empty(toy_record: dict[str, bytes]) -> None:
    result = decode(Result, toy_record["public/result.json"])
    shut = replace(result, outcomes=tuple(replace(o, openings=(), counts=()) for o in result.outcomes))
    files = {**toy_record, "public/result.json": encode(shut)}
    opened = [row for row in result_rows(RecordFiles(files)) if row[1]]
    assert opened
    assert {row[4] for row in opened} == {""}


def test_export_refuses_what_is_no_record(tmp_path: Path) -> None:
    refused(SetupError, "processor", "export", tmp_path, "--out", tmp_path / "results.csv")


# --- nothing is overwritten, nothing is done twice


def test_no_command_overwrites(finished: Finished) -> None:
    hall, at = finished.hall, finished.hall.at
    commands: list[list[str | Path]] = [
        ["authority", "new", at / "authority"],
        ["trustee", "new", at / "trustee-1", "--name", "trustee-1"],
        deal(hall, at / "deal"),
        finish(hall, *(at / f"rehearsal-{number}.json" for number in TRUSTEES)),
        rehearse(hall, 1),
        hall.manifest_arguments(),
        process(hall, at / "processor"),
        answer(hall, 1, at / "processor", at / "answer-1.json"),
        ["processor", "publish", at / "processor", "--out", at / "record"],
        ["processor", "check", "--box", hall.box, *hall.pinned, "--out", at / "faults.json", TOY],
    ]
    for command in commands:
        assert "is there already" in refused(SetupError, *command)
    assert "holds the result already" in refused(SetupError, "processor", "open", at / "processor", TOY)


def test_trustee_takes_no_second_share(finished: Finished) -> None:
    assert "already holds a share" in refused(ServiceRefused, *receive(finished.hall, 1))


def test_trustee_answers_the_same_again(finished: Finished, tmp_path: Path) -> None:
    at = finished.hall.at
    done(*answer(finished.hall, 1, at / "processor", tmp_path / "again.json"))
    assert (tmp_path / "again.json").read_bytes() == (at / "answer-1.json").read_bytes()


def test_second_close_and_second_final_are_refused(finished: Finished) -> None:
    refused(ServiceRefused, *finished.hall.act("close", log=True))
    refused(ServiceRefused, *finished.hall.act("finalise", log=True))


def test_folder_in_use_is_left_alone(finished: Finished, tmp_path: Path) -> None:
    at = finished.hall.at
    with held_alone(at / "trustee-3"):
        message = refused(SetupError, *answer(finished.hall, 3, at / "processor", tmp_path / "answer.json"))
    assert "in use by another process" in message


# --- the ceremony by hand


def test_trustee_refuses_another_trustees_sealed_share(hall: Hall) -> None:
    done(*deal(hall, hall.at / "deal"))
    refused(CryptoError, *receive(hall, 1, sealed=2))
    refused(ServiceRefused, *rehearse(hall, 1))
    done(*receive(hall, 1))


def test_trustee_refuses_a_share_of_other_parameters(hall: Hall) -> None:
    done(*deal(hall, hall.at / "deal"))
    refused(CryptoError, "trustee", "receive", hall.at / "trustee-1", hall.at / "deal" / "sealed-1.json")
    done(*receive(hall, 1))


def test_missing_wrong_or_doubled_rehearsal_names_the_trustee(hall: Hall) -> None:
    done(*deal(hall, hall.at / "deal"))
    for number in TRUSTEES:
        done(*receive(hall, number))
        done(*rehearse(hall, number))
    one, two, three = (hall.at / f"rehearsal-{number}.json" for number in TRUSTEES)
    assert "no rehearsal of trustee-2, trustee-3" in refused(SetupError, *finish(hall, one))
    assert "second rehearsal of trustee-1" in refused(SetupError, *finish(hall, one, one, two, three))
    shares = read_document(RehearsalShares, two).shares
    wrong = hall.at / "wrong.json"
    wrong.write_bytes(encode(RehearsalShares((shares[1], shares[0], *shares[2:]))))
    assert "rehearsal share of trustee 2" in refused(CheckFailed, *finish(hall, one, wrong, three))
    done(*finish(hall, one, two, three))


def test_ceremony_wants_as_many_trustees_as_the_draft(hall: Hall) -> None:
    command = deal(hall, hall.at / "deal")
    command[command.index("--trustee") : command.index("--trustee") + 2] = []
    assert "has 3 trustees, and 2 are given" in refused(SetupError, *command)


def test_ceremony_refuses_a_trustee_named_twice(hall: Hall) -> None:
    shutil.copy(hall.at / "trustee-1" / "public.json", hall.at / "trustee-2" / "public.json")
    assert "twice" in refused(SetupError, *deal(hall, hall.at / "deal"))


def test_toy_parameters_have_to_be_asked_for(finished: Finished, tmp_path: Path) -> None:
    hall, at = finished.hall, finished.hall.at
    commands: list[list[str | Path]] = [
        deal(hall, tmp_path / "deal"),
        finish(hall, at / "rehearsal-1.json", out="other.json"),
        hall.manifest_arguments("other"),
        receive(hall, 1),
        ["trustee", "rehearse", at / "trustee-1", "--out", tmp_path / "rehearsal.json", *SET],
        process(hall, tmp_path / "processor"),
        answer(hall, 1, at / "processor", tmp_path / "answer.json"),
        ["processor", "check", "--box", hall.box, *hall.pinned, TOY],
        ["processor", "open", unopened(finished, tmp_path / "copy"), TOY],
        ["trustee", "serve", at / "trustee-1", "--authority", hall.election / "authority.key", *SET],
    ]
    for command in commands:
        assert "--insecure-parameters" in refused(SetupError, *(part for part in command if part != TOY)), command


# --- the authority's acts


def test_act_that_finds_no_collector_goes_out_at_the_next_try(polls: Hall) -> None:
    at, code = polls.at, PEOPLE[13].code
    (at / "one.csv").write_text(f"{code},New Person,north\n")
    (at / "two.csv").write_text(f"{code},New Person,south\n")
    box, polls.box = polls.box, NOWHERE
    assert "goes out first" in refused(Unavailable, *polls.act("change-roll", "--changes", at / "one.csv"))
    polls.box = box
    assert done(*polls.act("change-roll", "--changes", at / "one.csv")) == {"index": 1, "version": 1, "changes": 1}
    polls.box = NOWHERE
    refused(Unavailable, *polls.act("change-roll", "--changes", at / "two.csv"))
    polls.box = box
    (at / "three.csv").write_text(f"{code},remove\n")
    said = done(*polls.act("change-roll", "--changes", at / "three.csv"))
    assert said == {"index": 3, "version": 3, "changes": 1}


def test_refused_act_is_signed_anew(polls: Hall) -> None:
    assert "still open" in refused(ServiceRefused, *polls.act("close", log=True))
    polls.end_voting()
    assert done(*polls.act("close", log=True)) == {"index": 1}


def test_order_that_is_pending_while_the_log_grows_is_signed_anew(polls: Hall) -> None:
    polls.end_voting()
    box, polls.box = polls.box, NOWHERE
    refused(Unavailable, *polls.act("close", log=True))
    polls.box = box
    polls.polls.revoke([polls.polls.roll.body.voters[0].voter])  # type: ignore[union-attr]
    assert done(*polls.act("close", log=True)) == {"index": 2}


def test_roll_change_that_the_collector_would_refuse_is_not_sent(polls: Hall) -> None:
    changes = polls.at / "changes.csv"
    changes.write_text(f"{PEOPLE[13].code},remove\n")
    refused(RuleBroken, *polls.act("change-roll", "--changes", changes))
    changes.write_text(f"{PEOPLE[13].code},New Person,nowhere\n")
    refused(RuleBroken, *polls.act("change-roll", "--changes", changes))
    changes.write_text(f"{PEOPLE[13].code},New Person,north\n")
    assert done(*polls.act("change-roll", "--changes", changes))["version"] == 1


def test_roll_changes_come_as_a_message_too(polls: Hall) -> None:
    entry = RollEntry(voter_id(PEOPLE[13].code), "New Person", "north")
    write_document(polls.at / "changes.json", RollChanges((RollChange(entry.voter, entry),)))
    assert done(*polls.act("change-roll", "--changes", polls.at / "changes.json"))["version"] == 1


@pytest.mark.parametrize("line", ["{0}", "{0},A,north,", "{0},,north", "12345678901,A,north", "{0},A,No Unit", ""])
def test_faulty_line_of_changes_is_named_and_never_shown(tmp_path: Path, line: str) -> None:
    (tmp_path / "changes.csv").write_text(line.format(PEOPLE[1].code) + "\n")
    with pytest.raises(SetupError) as refusal:
        read_changes(tmp_path / "changes.csv")
    assert not CODE.search(str(refusal.value))
    assert ("line 1" in str(refusal.value)) == bool(line)


def test_faulty_line_of_voters_is_named_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "paper.txt").write_text(f"{PEOPLE[1].code}\n12345678901\n")
    with pytest.raises(SetupError, match="line 2") as refusal:
        read_voters([tmp_path / "paper.txt"])
    assert not CODE.search(str(refusal.value))
    (tmp_path / "paper.txt").write_text(f"{PEOPLE[1].code}\n{voter_id(PEOPLE[1].code)}\n")
    assert read_voters([tmp_path / "paper.txt"]) == (voter_id(PEOPLE[1].code),)


def test_voting_is_extended_once_and_never_shortened(polls: Hall) -> None:
    assert done(*polls.act("extend", "--closes", "2027-03-02T12:00:00Z", "--reason", "an outage"))["index"] == 1
    refused(ValikError, *polls.act("extend", "--closes", "2027-03-02T10:00:00Z", "--reason", "an outage"))
    refused(SetupError, *polls.act("extend", "--closes", "tomorrow", "--reason", "an outage"))
    polls.end_voting()
    assert "still open" in refused(ServiceRefused, *polls.act("close", log=True))


def test_nothing_follows_an_abandoned_election(polls: Hall) -> None:
    assert done(*polls.act("abandon", "--reason", "the key is lost", log=True)) == {"index": 1}
    polls.end_voting()
    refused(ServiceRefused, *polls.act("close", log=True))


def test_reason_that_no_message_can_carry_is_refused(polls: Hall) -> None:
    (polls.at / "paper.txt").write_text(PEOPLE[1].code)
    command = polls.act("revoke", "--voters", polls.at / "paper.txt", "--reason")
    assert "cannot be signed" in refused(SetupError, *command, "x" * 301)
    done(*command, "x" * 300)


def test_exclusion_is_given_in_one_way(polls: Hall) -> None:
    halves: list[list[str | Path]] = [["--index", "1"], ["--faults", polls.at / "f", "--check", "C2"], []]
    for options in halves:
        assert "give either" in refused(SetupError, *polls.act("exclude", *options))
    refused(RuleBroken, *polls.act("exclude", "--index", "0", "--check", "C2", "--reason", "no vote"))


# --- the wrong key, the wrong file


def test_manifest_under_another_authoritys_key_is_refused(finished: Finished, tmp_path: Path) -> None:
    hall = finished.hall
    done("authority", "new", tmp_path / "other")
    pinned: list[str | Path] = ["--manifest", hall.election / "manifest.json"]
    pinned += ["--authority", tmp_path / "other" / "authority.key"]
    assert "K1" in refused(CheckFailed, "processor", "check", "--box", hall.box, *pinned, TOY)
    command = hall.act("finalise", log=True)
    command[2] = tmp_path / "other"
    assert "K1" in refused(CheckFailed, *command)


def test_authority_without_its_roll_does_not_act(finished: Finished, tmp_path: Path) -> None:
    hall = finished.hall
    (tmp_path / "copy").mkdir()
    shutil.copy(hall.at / "authority" / "authority.pem", tmp_path / "copy")
    command = hall.act("finalise", log=True)
    command[2] = tmp_path / "copy"
    assert "did not make this election" in refused(SetupError, *command)


def test_manifest_wants_the_drafts_parties(finished: Finished) -> None:
    command = finished.hall.manifest_arguments("other")
    command[command.index("--witness") : command.index("--witness") + 2] = []
    assert "witnesses: the draft has 3, and 2 is given" in refused(SetupError, *command)


def test_manifest_refuses_a_ceremony_whose_proof_does_not_hold(polls: Hall) -> None:
    held = read_document(Ceremony, polls.at / "ceremony.json")
    roots = held.proof["nth_roots"]
    (polls.at / "ceremony.json").write_bytes(encode(replace(held, proof={**held.proof, "nth_roots": roots[::-1]})))
    assert "K3" in refused(CheckFailed, *polls.manifest_arguments("other"))
    assert not (polls.at / "other").exists()


def test_trustee_with_a_damaged_state_does_not_start_afresh(finished: Finished, tmp_path: Path) -> None:
    copy = tmp_path / "trustee-1"
    shutil.copytree(finished.hall.at / "trustee-1", copy)
    state = (copy / "state.json").read_bytes()
    (copy / "state.json").write_bytes(state[:-1])
    assert "damaged" in refused(SetupError, "trustee", "rehearse", copy, "--out", tmp_path / "r.json", *SET)
    (copy / "state.json").write_bytes(state)
    done("trustee", "rehearse", copy, "--out", tmp_path / "r.json", *SET)


def test_trustee_with_another_trustees_name_does_not_start(finished: Finished, tmp_path: Path) -> None:
    copy = tmp_path / "trustee-1"
    shutil.copytree(finished.hall.at / "trustee-1", copy)
    shutil.copy(finished.hall.at / "trustee-2" / "public.json", copy / "public.json")
    assert "does not belong" in refused(SetupError, "trustee", "rehearse", copy, "--out", tmp_path / "r.json", *SET)


def test_trustee_gives_nothing_for_damaged_or_incomplete_evidence(finished: Finished, tmp_path: Path) -> None:
    hall, copy = finished.hall, tmp_path / "processor"
    shutil.copytree(hall.at / "processor", copy)
    whole = read_document(Evidence, copy / "evidence.json")
    (copy / "evidence.json").write_bytes(encode(whole)[:-1])
    assert "evidence.json" in refused(SetupError, *answer(hall, 2, copy, tmp_path / "answer.json"))
    (copy / "evidence.json").write_bytes(encode(replace(whole, votes=whole.votes[1:])))
    assert "B1" in refused(CheckFailed, *answer(hall, 2, copy, tmp_path / "answer.json"))
    assert not (tmp_path / "answer.json").exists()


@pytest.mark.parametrize("name", ["draft.json", "rows.json", "collector.json", "witness-2.json", "eid.json"])
def test_damaged_or_missing_file_is_named(hall: Hall, name: str) -> None:
    (hall.at / name).write_bytes((hall.at / name).read_bytes()[:-1])
    (hall.at / "ceremony.json").write_bytes(b"{}")
    assert name in refused(SetupError, *hall.manifest_arguments())
    (hall.at / name).unlink()
    assert name in refused(SetupError, *hall.manifest_arguments())


# --- too few answers, wrong answers


def unopened(finished: Finished, at: Path) -> Path:
    """The processor's folder before any answer came in."""
    shutil.copytree(finished.hall.at / "processor", at / "processor")
    for file in ("result.json", "shares.json", "answers/trustee-1.json", "answers/trustee-3.json"):
        (at / "processor" / file).unlink()
    return at / "processor"


def test_good_answers_are_kept_until_there_are_enough(finished: Finished, tmp_path: Path) -> None:
    at, folder = finished.hall.at, unopened(finished, tmp_path)
    message = refused(ServiceRefused, "processor", "open", folder, "--answer", at / "answer-1.json", TOY)
    assert "1 good answers where 2 are due" in message
    assert "holds no result yet" in refused(SetupError, "processor", "publish", folder, "--out", tmp_path / "record")
    done("processor", "open", folder, "--answer", at / "answer-3.json", TOY)


def test_wrong_answer_is_named_and_left_out(finished: Finished, tmp_path: Path) -> None:
    hall, folder = finished.hall, unopened(finished, tmp_path)
    good = read_document(SignedAnswer, hall.at / "answer-1.json")
    (tmp_path / "wrong.json").write_bytes(encode(replace(good, answer=replace(good.answer, trustee=2))))
    command = [
        "processor",
        "open",
        folder,
        *each("--answer", tmp_path / "wrong.json", hall.at / "answer-3.json"),
        TOY,
    ]
    refused(ServiceRefused, *command)
    result = run(*command, "--answer", hall.at / "answer-1.json")
    assert result.exit_code == 0
    assert "left out" in result.stderr
    assert "trustee 2" in result.stderr


def test_one_trustees_answer_counts_once(finished: Finished, tmp_path: Path) -> None:
    file = finished.hall.at / "answer-1.json"
    refused(ServiceRefused, "processor", "open", unopened(finished, tmp_path), *each("--answer", file, file), TOY)
