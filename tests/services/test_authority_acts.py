"""The authority's acts by hand: each is logged once, and what the collector would refuse does not leave."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.eid.personal_code import voter_id
from common.errors import CheckFailed, RuleBroken, ServiceRefused, SetupError, ValikError
from common.messages.draft import RollChanges
from common.messages.roll import RollChange, RollEntry
from common.ports import Lapsed, Unavailable
from common.transport.documents import read_document, write_document
from tallier.outbox import require_in_form
from tallier.process import Fault, Faults
from tallier.wanted import read_changes, read_voters
from tests.conftest import CHOICES, PEOPLE
from tests.services.by_hand import (
    CODE,
    NOWHERE,
    Finished,
    refused,
)
from tests.services.tallier_hall import TOY, Hall, done


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
    assert "no such counting unit: nowhere" in refused(RuleBroken, *polls.act("change-roll", "--changes", changes))
    changes.write_text(f"{PEOPLE[13].code},New Person,{PEOPLE[12].code}\n")
    assert "counting unit: a number" in refused(RuleBroken, *polls.act("change-roll", "--changes", changes))
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


@pytest.mark.parametrize("order", ["add", "move", "Remove"])
def test_order_where_a_name_is_due_is_not_signed_as_a_name(tmp_path: Path, order: str) -> None:
    changes = tmp_path / "changes.csv"
    changes.write_text(f"{PEOPLE[1].code},{order},north\n")
    with pytest.raises(SetupError, match=rf"line 1: '{order.lower()}' stands where .* write voter,name,unit"):
        read_changes(changes)
    changes.write_text(f"{PEOPLE[1].code},{order}r,north\n")
    assert read_changes(changes)[0].entry == RollEntry(voter_id(PEOPLE[1].code), f"{order}r", "north")


def test_faulty_line_of_voters_is_named_and_never_shown(tmp_path: Path) -> None:
    (tmp_path / "paper.txt").write_text(f"{PEOPLE[1].code}\n12345678901\n")
    with pytest.raises(SetupError, match="line 2") as refusal:
        read_voters([tmp_path / "paper.txt"])
    assert not CODE.search(str(refusal.value))
    (tmp_path / "paper.txt").write_text(f"{PEOPLE[1].code}\n{voter_id(PEOPLE[1].code)}\n")
    assert read_voters([tmp_path / "paper.txt"]) == (voter_id(PEOPLE[1].code),)


def test_missing_file_of_voters_is_answered_with_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="--voters a file of voter ids or personal codes, one a line"):
        read_voters([tmp_path / "paper.txt"])
    (tmp_path / "paper.txt").write_text(f"{PEOPLE[1].code}\n")
    assert read_voters([tmp_path / "paper.txt"]) == (voter_id(PEOPLE[1].code),)


def test_voting_is_extended_once_and_never_shortened(polls: Hall) -> None:
    assert done(*polls.act("extend", "--closes", "2027-03-02T12:00:00Z", "--reason", "an outage"))["index"] == 1
    refused(ValikError, *polls.act("extend", "--closes", "2027-03-02T10:00:00Z", "--reason", "an outage"))
    refused(SetupError, *polls.act("extend", "--closes", "tomorrow", "--reason", "an outage"))
    polls.end_voting()
    assert "still open" in refused(ServiceRefused, *polls.act("close", log=True))


EXTEND = ("extend", "--closes", "2027-03-02T12:00:00Z", "--reason", "an outage")


def kept(polls: Hall, part: str) -> int:
    """How many acts the authority's folder keeps in one of its parts."""
    return len(
        list((polls.at / "authority" / polls.polls.election.manifest.election_id / part).glob("*-extension.json"))
    )


def test_extension_that_lapses_is_filed_as_logged_but_lapsed(polls: Hall) -> None:
    """It stands in the log, so it was not refused; it moves nothing, so it is not among the acts."""
    world = polls.polls
    polls.clock.now = world.election.closes
    world.witness_clock.by = world.election.manifest.times.grace + 1
    for _again in range(2):
        assert "the extension is logged" in refused(Lapsed, *polls.act(*EXTEND))
        assert (kept(polls, "lapsed"), kept(polls, "acts"), kept(polls, "refused")) == (1, 0, 0)
    assert world.log_size() == 2
    polls.end_voting()
    assert done(*polls.act("close", log=True)) == {"index": 2}


def test_pending_extension_that_lapses_stops_no_later_act(polls: Hall) -> None:
    world, box = polls.polls, polls.box
    polls.clock.now = world.election.closes
    polls.box = NOWHERE
    refused(Unavailable, *polls.act(*EXTEND))
    polls.box = box
    world.witness_clock.by = world.election.manifest.times.grace + 1
    (polls.at / "paper.txt").write_text(PEOPLE[1].code)
    assert done(*polls.act("revoke", "--voters", polls.at / "paper.txt"))["index"] == 2
    assert (kept(polls, "lapsed"), kept(polls, "acts"), kept(polls, "refused")) == (1, 0, 0)


def test_extension_that_the_collector_does_not_log_is_filed_as_refused(polls: Hall) -> None:
    polls.end_voting()
    assert "cannot be opened again" in refused(ServiceRefused, *polls.act(*EXTEND))
    assert (kept(polls, "lapsed"), kept(polls, "acts"), kept(polls, "refused")) == (0, 0, 1)


def test_nothing_follows_an_abandoned_election(polls: Hall) -> None:
    assert done(*polls.act("abandon", "--reason", "the key is lost", log=True)) == {"index": 1}
    polls.end_voting()
    refused(ServiceRefused, *polls.act("close", log=True))


def test_reason_that_no_message_can_carry_is_refused(polls: Hall) -> None:
    (polls.at / "paper.txt").write_text(PEOPLE[1].code)
    command = polls.act("revoke", "--voters", polls.at / "paper.txt", "--reason")
    for reason in ("x" * 301, "", " on paper", "two\nlines"):
        assert "--reason: write one line of 1 to 300 characters" in refused(SetupError, *command, reason)
    with pytest.raises(SetupError, match="cannot be signed"):
        require_in_form(polls.polls.authority.revoke(polls.polls.election, [voter_id(PEOPLE[1].code)], "x" * 301))
    done(*command, "x" * 300)


@pytest.mark.parametrize("closes", ["yesterday", "2027-03-02 12:00", "2027-02-30T12:00:00Z", ""])
def test_end_of_voting_that_is_no_time_is_told_how_to_write_one(polls: Hall, closes: str) -> None:
    told = refused(SetupError, *polls.act("extend", "--closes", closes, "--reason", "an outage"))
    assert "--closes" in told
    assert "such as 2027-03-05T20:00:00Z" in told


def test_exclusion_is_given_in_one_way(polls: Hall) -> None:
    halves: list[list[str | Path]] = [["--index", "1"], ["--faults", polls.at / "f", "--check", "C2"], []]
    for options in halves:
        assert "give either" in refused(SetupError, *polls.act("exclude", *options))


def test_second_close_and_second_finalise_say_what_comes_next(polls: Hall) -> None:
    polls.end_voting()
    assert "close comes first" in refused(ServiceRefused, *polls.act("finalise", log=True))
    done(*polls.act("close", log=True))
    said = refused(SetupError, *polls.act("close", log=True))
    assert said == "the log is closed already. Next: valik processor check"
    done(*polls.act("finalise", log=True))
    said = refused(SetupError, *polls.act("finalise", log=True))
    assert said == "the log is final already. Next: valik processor process"
    assert polls.polls.log_size() == 3


def test_collector_says_the_same_to_an_authority_that_forgot(polls: Hall) -> None:
    """An authority's folder put back from a copy does not know what it ordered."""
    polls.end_voting()
    polls.polls.order("close")
    assert "closed already" in refused(ServiceRefused, *polls.act("close", log=True))
    polls.polls.order("final")
    assert "final already; nothing can follow" in refused(ServiceRefused, *polls.act("finalise", log=True))


ONE = ("exclude", "--index", "1", "--check", "C2", "--reason", "came late")
"""An exclusion of the first vote."""


def test_exclusion_waits_for_the_close(polls: Hall) -> None:
    polls.polls.vote(polls.polls.citizen(PEOPLE[0]), CHOICES)
    assert "stays shut until the log is closed" in refused(ServiceRefused, *polls.act(*ONE))


def test_exclusion_without_cause_is_not_signed(polls: Hall) -> None:
    polls.polls.vote(polls.polls.citizen(PEOPLE[0]), CHOICES)
    polls.end_voting()
    done(*polls.act("close", log=True))
    assert "spoil the election" in refused(RuleBroken, *polls.act(*ONE))
    write_document(polls.at / "faults.json", Faults(polls.polls.election.fingerprint, (Fault(0, "C2", "no vote"),)))
    refused(RuleBroken, *polls.act("exclude", "--faults", polls.at / "faults.json"))
    assert done(*polls.act("finalise", log=True)) == {"index": 3}, "nothing was logged"


def test_faults_of_another_election_are_not_excluded(finished: Finished) -> None:
    hall = finished.hall
    ours = read_document(Faults, hall.at / "faults.json")
    assert done(*hall.act("exclude", "--faults", hall.at / "faults.json"))["before"] == len(ours.faults)
    write_document(hall.at / "others.json", Faults("00" * 32, ours.faults))
    assert "another election" in refused(SetupError, *hall.act("exclude", "--faults", hall.at / "others.json"))


def test_processor_names_an_exclusion_without_cause_before_final(polls: Hall) -> None:
    world = polls.polls
    world.vote(world.citizen(PEOPLE[0]), CHOICES)
    polls.end_voting()
    done(*polls.act("close", log=True))
    check = ("processor", "check", "--box", polls.box, *polls.pinned, TOY)
    assert done(*check) == {"faults": []}
    world.exclude(1, "C2", "said to have come too late")
    assert "B5" in refused(CheckFailed, *check)
