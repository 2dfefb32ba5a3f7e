"""Authority, dealer, trustees and processor by hand: every step a command, everything between them a file."""

from __future__ import annotations

import csv
import shutil
import stat
import time
from dataclasses import replace
from pathlib import Path

from auditor.audit import audit
from common.crypto.systems import SYSTEMS
from common.errors import ServiceRefused, SetupError
from common.messages.message import decode, encode
from common.messages.result import Result, Total
from common.tally.record import SET_NAMES
from common.tally.record_files import RecordFiles
from common.transport.key_files import held_alone
from common.transport.record_folder import read_record
from tallier.export import result_rows
from tallier.processor_cli import caption
from tests.services.by_hand import (
    CODE,
    TRUSTEES,
    Finished,
    answer,
    deal,
    finish,
    process,
    receive,
    refused,
    rehearse,
)
from tests.services.tallier_hall import TOY, done, run

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


def test_ballots_that_stayed_closed_are_told_only_if_there_are_some() -> None:
    assert caption(Total("board", 5, 0, (3, 2))) == "5 ballots"
    assert caption(Total("board", 5, 2, (3, 2))) == "5 ballots, and 2 in pools too small to open"


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


def test_commands_that_only_read_say_toy_parameters_without_being_allowed_them(
    finished: Finished, tmp_path: Path
) -> None:
    at = finished.hall.at
    for words in (("publish", at / "processor"), ("export", at / "record")):
        result = run("processor", *words, "--out", tmp_path / words[0])
        assert (result.exit_code, "TOY PARAMETERS" in result.stderr) == (0, True), words


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
    assert "closed already" in refused(SetupError, *finished.hall.act("close", log=True))
    assert "final already" in refused(SetupError, *finished.hall.act("finalise", log=True))


def test_folder_in_use_is_left_alone(finished: Finished, tmp_path: Path) -> None:
    at = finished.hall.at
    with held_alone(at / "trustee-3"):
        message = refused(SetupError, *answer(finished.hall, 3, at / "processor", tmp_path / "answer.json"))
    assert "in use by another process" in message
