"""Tallier's commands refuse the wrong share, key, file and answer, and say which."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from common.errors import CheckFailed, CryptoError, ServiceRefused, SetupError
from common.messages.message import encode
from common.messages.result import SignedAnswer
from common.requests import RehearsalShares
from common.tally.evidence import Evidence
from common.transport.documents import read_document
from tallier.ceremony import Ceremony
from tests.services.by_hand import (
    TRUSTEES,
    Finished,
    answer,
    deal,
    each,
    finish,
    process,
    receive,
    refused,
    rehearse,
)
from tests.services.tallier_hall import SET, TOY, Hall, done, run

# --- the ceremony by hand


def test_trustee_refuses_another_trustees_sealed_share(hall: Hall) -> None:
    done(*deal(hall, hall.at / "deal"))
    refused(CryptoError, *receive(hall, 1, sealed=2))
    refused(ServiceRefused, *rehearse(hall, 1))
    done(*receive(hall, 1))


def test_trustee_refuses_a_share_of_other_parameters(hall: Hall) -> None:
    done(*deal(hall, hall.at / "deal"))
    command: list[str | Path] = ["trustee", "receive", hall.at / "trustee-1", hall.at / "deal" / "sealed-1.json"]
    assert "the share is not of paillier-3072, it is of toy-512; name its set with --parameters" in refused(
        SetupError, *command
    )
    done(*receive(hall, 1))


def test_folder_with_a_toy_share_serves_under_no_other_name(hall: Hall) -> None:
    done(*deal(hall, hall.at / "deal"))
    done(*receive(hall, 1))
    command = rehearse(hall, 1)
    for name in ("paillier-3072", "paillier-2048"):
        other = [name if part == "toy-512" else part for part in command if part != TOY]
        message = refused(SetupError, *other)
        assert f"not of {name}, it is of toy-512; name its set with --parameters" in message
    assert not (hall.at / "rehearsal-1.json").exists()
    assert "TOY" in run(*command).stderr
    assert (hall.at / "rehearsal-1.json").exists()


def test_trustee_that_rehearsed_takes_no_share_and_says_to_make_another(hall: Hall) -> None:
    done(*deal(hall, hall.at / "deal"))
    done(*receive(hall, 1))
    done(*receive(hall, 1))
    done(*rehearse(hall, 1))
    message = refused(ServiceRefused, *receive(hall, 1))
    assert "has rehearsed with it; make a new trustee (`valik trustee new`)" in message


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
