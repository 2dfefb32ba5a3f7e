"""`valik vote` when the world fails in the middle: what survives, and how the vote is finished."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from common.errors import CheckFailed, Party
from common.messages.receipt import Receipt
from common.ports import Lapsed, Unavailable
from common.transport.client import CollectorClient
from scenarios.country.population import people
from scenarios.services import ServedWorld
from tests.services.terminal import CHOSEN, OTHERWISE, PowerCut, Terminal, fail, failed, logged, polls
from voter_client.booth import PAUSES

VOTERS = people(30, seed=24)
_next = count()


@pytest.fixture(scope="module")
def served() -> Iterator[ServedWorld]:
    with polls(VOTERS) as made:
        yield made


@pytest.fixture
def terminal(served: ServedWorld, tmp_path: Path) -> Terminal:
    """A voter on the roll who has not voted."""
    return Terminal(served, tmp_path, served.world.citizen(VOTERS[next(_next)]))


@pytest.mark.parametrize("when", ["before", "after"])
def test_power_cut_at_the_post_loses_nothing_and_counts_once(terminal: Terminal, when: str) -> None:
    before = logged(terminal)
    posted = fail(terminal, (when, PowerCut()))
    failed(terminal.vote(*CHOSEN, "--json"))
    assert len(posted) == 1
    result = terminal.vote("--retry", "--json")
    said = terminal.said(result)
    assert posted[0] == posted[1]
    assert (said["sequence"], said["log_index"], logged(terminal)) == (1, before, before + 1)
    failed(terminal.vote("--retry", "--json"), "no vote to post again")
    assert terminal.cast(*OTHERWISE)["sequence"] == 2


def test_next_vote_first_finishes_the_interrupted_one(terminal: Terminal) -> None:
    before = logged(terminal)
    posted = fail(terminal, ("after", PowerCut()))
    failed(terminal.vote(*CHOSEN, "--json"))
    terminal.served.world.clock.now += 60
    result = terminal.vote(*OTHERWISE, "--yes")
    assert result.exit_code == 0, result.exception
    assert posted[0] == posted[1] != posted[2]
    assert logged(terminal) == before + 2
    assert "The same vote is posted again" in result.output
    assert result.output.index("your 1st in this") < result.output.index("(your 1st vote)")
    assert result.output.index("(your 1st vote)") < result.output.index("your 2nd in this election")


def test_after_finishing_the_voter_may_leave_it_at_that(terminal: Terminal) -> None:
    fail(terminal, ("after", PowerCut()))
    failed(terminal.vote(*CHOSEN, "--json"))
    before = logged(terminal)
    result = terminal.vote(typed="n\n")
    assert result.exit_code == 0, result.exception
    assert logged(terminal) == before
    assert result.output.count("Your vote is cast") == 2  # at once, and as the outcome


def test_interrupted_vote_that_never_arrived_and_grew_too_old_is_given_up(terminal: Terminal) -> None:
    before = logged(terminal)
    fail(terminal, ("before", PowerCut()))
    failed(terminal.vote(*CHOSEN, "--json"))
    terminal.served.world.clock.now += 400  # max_age is 300
    failed(terminal.vote("--retry", "--json"), "C2", "vote again")
    failed(terminal.vote("--retry", "--json"), "no vote to post again")
    assert terminal.cast()["sequence"] == 1
    assert logged(terminal) == before + 1


def test_service_that_comes_back_gets_the_same_vote_again(terminal: Terminal) -> None:
    gone = Unavailable("the service cannot be reached; try again later")
    posted = fail(terminal, ("before", gone), ("after", gone))
    result = terminal.vote(*CHOSEN, "--yes")
    assert result.exit_code == 0, result.exception
    assert terminal.slept == list(PAUSES[:2])
    assert len(posted) == 3
    assert len(set(posted)) == 1
    assert "Trying again in 2 s" in result.output


def test_service_that_stays_away_leaves_a_vote_to_retry(terminal: Terminal) -> None:
    gone = Unavailable("the service cannot be reached; try again later")
    posted = fail(terminal, *[("before", gone)] * (len(PAUSES) + 1))
    failed(terminal.vote(*CHOSEN, "--json"), "NOT cast yet", "--retry")
    assert terminal.slept == list(PAUSES)
    assert terminal.said(terminal.vote("--retry", "--json"))["cast"]
    assert len(set(posted)) == 1


def test_responder_that_answers_badly_leaves_a_vote_to_retry_and_a_revoked_card_does_not(terminal: Terminal) -> None:
    bad, revoked = (
        ("before", CheckFailed("C4", party, "vote 00", "so it is")) for party in (Party.EID_AUTHORITY, Party.VOTER)
    )
    posted = fail(terminal, bad)
    failed(terminal.vote(*CHOSEN, "--json"), "C4", "NOT cast yet", "--retry")
    assert terminal.said(terminal.vote("--retry", "--json"))["cast"]
    assert len(set(posted)) == 1
    fail(terminal, revoked)
    failed(terminal.vote(*OTHERWISE, "--json"), "ask the issuer of the card")
    failed(terminal.vote("--retry", "--json"), "no vote to post again")


def test_witnesses_that_come_back_complete_the_vote(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_arguments: object) -> str:
        raise Unavailable("maintenance")

    before = logged(terminal)
    witness = terminal.served.world.witnesses[0]
    cosign = witness.add_checkpoint
    monkeypatch.setattr(witness, "add_checkpoint", down)
    terminal.on_sleep = lambda: monkeypatch.setattr(witness, "add_checkpoint", cosign)
    result = terminal.vote(*CHOSEN, "--yes")
    assert result.exit_code == 0, result.exception
    assert "1 witnesses answered where 2 are due" in result.output
    assert (terminal.slept, logged(terminal)) == ([PAUSES[0]], before + 1)


def test_collector_that_forgot_the_session_gets_the_vote_in_a_new_one(terminal: Terminal) -> None:
    fail(terminal, ("after", Unavailable("restarting")))
    terminal.on_sleep = terminal.served.collector._sessions._kept.clear
    before = logged(terminal)
    assert terminal.cast()["log_index"] == before
    assert logged(terminal) == before + 1


def test_lapsed_vote_is_not_cast_and_the_next_one_is(terminal: Terminal) -> None:
    fail(terminal, ("after", Lapsed("the witnesses saw this vote too late (C2); vote again")))
    failed(terminal.vote(*CHOSEN, "--json"), "NOT cast", "earlier one of yours does not count", "vote again")
    failed(terminal.vote("--retry", "--json"), "no vote to post again")
    result = terminal.vote(*CHOSEN, "--yes")
    assert "your 1st vote" in result.output
    assert "cannot tell whether it is that one" in result.output
    assert "your 2nd in this election" in result.output
    assert "cannot tell" not in terminal.vote(*CHOSEN, "--yes").output


def test_receipt_that_does_not_hold_is_no_cast_vote_and_is_kept_to_retry(terminal: Terminal) -> None:
    class Lying(CollectorClient):
        def cast(self, session: str, signed_ballot: bytes) -> Receipt:
            receipt = super().cast(session, signed_ballot)
            return Receipt(
                *(receipt.format, "0" * 32, receipt.ocsp, receipt.index),
                *(receipt.entry, receipt.proof, receipt.checkpoint),
            )

    terminal.client = lambda honest: Lying(honest._connection)
    failed(terminal.vote(*CHOSEN, "--json"), "R1", "at fault: collector", "NOT cast", "evidence")
    terminal.client = lambda honest: honest
    assert terminal.said(terminal.vote("--retry", "--json"))["sequence"] == 1


# --- the journal on disk


def test_damaged_journal_is_an_error_and_never_an_empty_one(terminal: Terminal) -> None:
    terminal.cast()
    file, whole = terminal.journal_file(), terminal.journal_file().read_bytes()
    seed = json.loads(whole)["kept"]["votes"][0]["posted"]["seed"]
    flipped = whole.replace(seed.encode(), (seed[:-1] + ("0" if seed[-1] != "0" else "1")).encode())
    before = logged(terminal)
    for damaged in (b"", whole[:-1], flipped, b"{}"):
        file.write_bytes(damaged)
        failed(terminal.vote(*OTHERWISE, "--json"), "Put back a copy")
        failed(terminal.run("receipts", "--home", str(terminal.home), "--card", str(terminal.card)), "Put back")
    assert logged(terminal) == before
    file.write_bytes(whole)
    assert terminal.cast(*OTHERWISE)["sequence"] == 2


def test_journal_of_another_voter_is_refused(served: ServedWorld, terminal: Terminal) -> None:
    terminal.cast()
    other = Terminal(served, terminal.folder / "other", served.world.citizen(VOTERS[next(_next)]))
    other.cast()
    other.journal_file().write_bytes(terminal.journal_file().read_bytes())
    failed(other.vote(*CHOSEN, "--json"), "another election or voter")
