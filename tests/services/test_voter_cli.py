"""`valik vote`: what the voter sees, and what survives when the world fails in the middle."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from common.eid.personal_code import voter_id
from common.encoding.times import to_rfc3339
from common.errors import CheckFailed, Party, ServiceRefused
from common.messages.receipt import Receipt
from common.messages.roll import RollChange, RollEntry
from common.ports import Lapsed, Unavailable
from common.transport.client import CollectorClient
from scenarios.country.population import people
from scenarios.services import ServedWorld, served_world
from tests.conftest import draft
from tests.services.terminal import CHOSEN, OTHERWISE, PIN1, PIN2, PowerCut, Terminal, failed
from voter_client.booth import PAUSES

VOTERS = people(46, seed=23)
_next = count()


@pytest.fixture(scope="module")
def served() -> Iterator[ServedWorld]:
    rows = [RollEntry(voter_id(person.code), person.name, "north") for person in VOTERS[:45]]
    with served_world(draft(witnesses=2), rows, insecure_parameters=True) as made:
        yield made


@pytest.fixture
def terminal(served: ServedWorld, tmp_path: Path) -> Terminal:
    """A voter on the roll who has not voted."""
    return Terminal(served, tmp_path, served.world.citizen(VOTERS[next(_next)]))


@pytest.fixture
def stranger(served: ServedWorld, tmp_path: Path) -> Terminal:
    """Someone with a card who is not on the roll."""
    return Terminal(served, tmp_path, served.world.citizen(VOTERS[45]))


class Failing(CollectorClient):
    """A client whose posts meet `accidents`, one after the other, each before or after the request went out."""

    def __init__(self, honest: CollectorClient, accidents: list[tuple[str, Exception]], posted: list[bytes]) -> None:
        super().__init__(honest._connection)
        self._accidents = accidents
        self._posted = posted

    def cast(self, session: str, signed_ballot: bytes) -> Receipt:
        self._posted.append(signed_ballot)
        if not self._accidents:
            return super().cast(session, signed_ballot)
        when, error = self._accidents.pop(0)
        if when == "after":
            super().cast(session, signed_ballot)
        raise error


def fail(terminal: Terminal, *accidents: tuple[str, Exception]) -> list[bytes]:
    """Let the next posts fail; the list of all that was posted."""
    posted: list[bytes] = []
    left = list(accidents)
    terminal.client = lambda honest: Failing(honest, left, posted)
    return posted


def logged(terminal: Terminal) -> int:
    return terminal.served.collector._log.tree.size


# --- the plain way


def test_vote_is_cast_and_the_home_keeps_it(terminal: Terminal) -> None:
    said = terminal.cast()
    assert (said["cast"], said["sequence"], said["code"]) == (True, 1, [])
    assert terminal.home.stat().st_mode & 0o777 == 0o700
    for file in terminal.home.rglob("*"):
        assert terminal.citizen.person.code not in str(file)
    assert terminal.journal_file().stat().st_mode & 0o777 == 0o600


def test_conversation_asks_shows_and_says_cast_last(terminal: Terminal) -> None:
    typed = f"{PIN1}\nfour\n4\n1\n1,2,3\n1, 4\ny\n{PIN2}\n"
    words = ("vote", "--home", str(terminal.home), "--card", str(terminal.card), *terminal.pins)
    result = terminal.run(*words, "--insecure-parameters", typed=typed)
    assert result.exit_code == 0, result.exception
    text = result.output
    for said in (
        *("TOY PARAMETERS", "A test election", "Voting opens today at 09:00", "You vote in North"),
        *("has no option 'four'", "has no option '4'", "choose 0 to 2"),
        *("Who chairs the board?  Ada", "Approve up to two  Library, School", "your 1st in this election"),
    ):
        assert said in text, said
    assert PIN1 not in text
    assert text.index("Sign and cast this?") < text.index("Your vote is cast") < text.index("Verification code")
    assert "You voted" not in text


def test_declining_signs_and_posts_nothing(terminal: Terminal) -> None:
    before = logged(terminal)
    failed(terminal.vote(*CHOSEN, typed="n\n"), "Nothing was signed")
    assert logged(terminal) == before
    assert not terminal.journal_file().exists()


def test_earlier_vote_is_shown_before_it_is_replaced(terminal: Terminal) -> None:
    terminal.cast()
    terminal.served.world.clock.now += 120
    result = terminal.vote(*OTHERWISE, "--yes")
    assert result.exit_code == 0, result.exception
    assert re.search(r"You voted today at \d\d:\d\d \(your 1st vote\); a new vote replaces that one", result.output)
    assert "none of the options" in result.output
    assert "your 2nd in this election" in result.output


def test_output_for_programs_names_the_vote_that_was_replaced(terminal: Terminal) -> None:
    """Also from a home that knows nothing of it."""
    assert terminal.cast()["replaced"] is None
    at = to_rfc3339(terminal.served.world.clock.now)
    terminal.served.world.clock.now += 120
    assert terminal.cast(*OTHERWISE, home="elsewhere")["replaced"] == {"sequence": 1, "time": at}
    later = to_rfc3339(terminal.served.world.clock.now)
    fail(terminal, ("before", PowerCut()))
    failed(terminal.vote(*CHOSEN, "--json", home="elsewhere"))
    said = terminal.said(terminal.vote("--retry", "--json", home="elsewhere"))
    assert said["replaced"] == {"sequence": 2, "time": later}
    fail(terminal, ("after", PowerCut()))
    failed(terminal.vote(*CHOSEN, "--json", home="elsewhere"))
    said = terminal.said(terminal.vote("--retry", "--json", home="elsewhere"))
    assert said["replaced"] == {"sequence": 3, "time": None}, "it had been replaced before this command ran"


def test_code_is_written_for_the_owner_alone_and_never_over_a_file(terminal: Terminal) -> None:
    png, text = terminal.folder / "code.png", terminal.folder / "code.txt"
    said = terminal.cast(*CHOSEN, "--code-out", str(png), "--code-out", str(text))
    assert said["code"] == [str(png), str(text)]
    assert png.read_bytes().startswith(b"\x89PNG")
    assert text.read_text().startswith("VALIK1:")
    assert [file.stat().st_mode & 0o777 for file in (png, text)] == [0o600, 0o600]
    before = logged(terminal)
    failed(terminal.vote(*OTHERWISE, "--json", "--code-out", str(text)), "not overwritten")
    assert logged(terminal) == before


def test_output_for_programs_holds_no_secret(terminal: Terminal) -> None:
    result = terminal.vote(*CHOSEN, "--json", "--code-out", str(terminal.folder / "code.txt"))
    assert json.loads(result.stdout)["cast"]
    for secret in ((terminal.folder / "code.txt").read_text().strip(), terminal.citizen.person.code, PIN1, PIN2):
        assert secret not in result.output


# --- what cannot be


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--choice", "board=Eve"), "no option 'Eve'"),
        (("--choice", "board=4"), "no option '4'"),
        (("--choice", "board=0"), "no option '0'"),
        (("--choice", "mayor=Ada"), "a contest of board, wishes"),
        (("--choice", "board"), "write CONTEST=OPTION"),
        (("--choice", "board=1", "--choice", "board=2"), "choose exactly one"),
        (("--choice", "board="), "choose exactly one"),
        (("--choice", "board=1"), "give --choice for wishes"),
        (("--choice", "wishes=1:2", "--choice", "board=1"), "choose 0 to 2"),
    ],
)
def test_choice_that_is_none_is_refused_with_what_there_is(
    terminal: Terminal, given: tuple[str, ...], said: str
) -> None:
    before = logged(terminal)
    failed(terminal.vote(*given, "--json"), said)
    assert logged(terminal) == before


def test_wrong_pins_are_refused_and_right_ones_after_them_are_not(terminal: Terminal) -> None:
    before = logged(terminal)
    base = ("vote", "--home", str(terminal.home), "--card", str(terminal.card), *terminal.pins, *CHOSEN, "--yes")
    words = (*base, "--insecure-parameters")
    failed(terminal.run(*words, "--pin1", "9999", "--pin2", PIN2), "PIN1 is wrong")
    failed(terminal.run(*words, "--pin1", PIN1, "--pin2", "99999"), "PIN2 is wrong")
    failed(terminal.run(*words, typed="9999\n9998\n12\n"), "PIN1 has 4 to 12 digits")
    failed(terminal.run(*words, "--json"), "give --pin1")
    assert logged(terminal) == before
    mistyped = terminal.run(*words, typed=f"9999\n{PIN1}\n99999\n1\n{PIN2}\n")
    assert mistyped.exit_code == 0
    for reason in ("PIN1 is wrong; 2 of 3 tries left", "PIN2 is wrong; 2 of", "PIN2 has 5 to 12 digits; 1 of"):
        assert reason in mistyped.output


def test_nobody_is_told_to_try_on_where_the_collector_declines(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decline(*_given: object) -> None:
        raise ServiceRefused("the election was abandoned")

    with monkeypatch.context() as abandoned:
        abandoned.setattr(CollectorClient, "cast", decline)
        declined = terminal.vote(*CHOSEN, "--json")
        failed(declined, "the collector declines it")
        assert "until it says" not in str(declined.exception)
    assert terminal.said(terminal.vote("--retry", "--json"))["cast"], "what was signed was kept"


def test_home_is_pinned_to_one_election(terminal: Terminal, tmp_path: Path) -> None:
    failed(
        terminal.run("vote", "--home", str(terminal.home), "--card", str(terminal.card)), "give --manifest and --auth"
    )
    failed(terminal.vote(*CHOSEN, "--json", "--fingerprint", "0" * 64), "K1")
    other = tmp_path / "other.key"
    other.write_text("A" * 43 + "\n")
    failed(terminal.vote(*CHOSEN, "--json", "--authority", str(other)), "K1")
    assert not terminal.home.exists()
    fingerprint = terminal.served.world.election.fingerprint
    terminal.cast(*CHOSEN, "--fingerprint", fingerprint)
    terminal.cast(*CHOSEN, *terminal.pins)  # the same election again
    (terminal.home / "fingerprint").write_text("0" * 64 + "\n")
    failed(terminal.vote(*CHOSEN, "--json"), "K1")


def test_toy_parameters_must_be_asked_for(terminal: Terminal) -> None:
    words = ("vote", "--home", str(terminal.home), "--card", str(terminal.card), *terminal.pins, *CHOSEN, "--json")
    failed(terminal.run(*words, "--pin1", PIN1, "--pin2", PIN2), "--insecure-parameters")
    assert not terminal.home.exists()


def test_someone_not_on_the_roll_learns_whom_to_ask(stranger: Terminal) -> None:
    failed(stranger.vote(*CHOSEN, "--json"), "not on the voter roll", "ask the election authority")


def test_clock_that_differs_is_refused_with_what_to_do(terminal: Terminal) -> None:
    terminal.clock = lambda: terminal.served.world.clock.now + 31
    failed(terminal.vote(*CHOSEN, "--json"), "clock differs", "set this one right")
    terminal.clock = lambda: terminal.served.world.clock.now + 30
    terminal.cast()


@pytest.fixture
def time_travel(served: ServedWorld) -> Iterator[Callable[[int], None]]:
    """Sets the clock of everybody, until the end of the test."""
    before = served.world.clock.now

    def go(now: int) -> None:
        served.world.clock.now = now

    yield go
    go(before)


def test_voting_before_and_after_the_time_is_spared_the_work(
    terminal: Terminal, time_travel: Callable[[int], None]
) -> None:
    election, before = terminal.served.world.election, logged(terminal)
    time_travel(election.opens - 1)
    failed(terminal.vote(*CHOSEN, "--json"), "Voting opens today at 09:00")
    time_travel(election.closes + 1)
    failed(terminal.vote(*CHOSEN, "--json"), "Voting closed today at 09:00")
    assert logged(terminal) == before


def test_voting_that_closes_in_the_middle_is_said(terminal: Terminal, time_travel: Callable[[int], None]) -> None:
    class Slow(CollectorClient):
        def cast(self, session: str, signed_ballot: bytes) -> Receipt:
            time_travel(terminal.served.world.election.closes + 301)
            return super().cast(session, signed_ballot)

    time_travel(terminal.served.world.election.closes - 100)
    terminal.client = lambda honest: Slow(honest._connection)
    before = logged(terminal)
    failed(terminal.vote(*CHOSEN, "--json"), "C2", "If voting is still open, vote again")
    assert logged(terminal) == before


# --- interruptions


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


# --- the roll, and other clients of the same voter


def moved(terminal: Terminal, unit: str) -> Callable[[CollectorClient], CollectorClient]:
    """The roll changes just before the vote is posted."""
    voter = terminal.citizen.card.voter_id

    changes = [RollChange(voter, RollEntry(voter, "New Name", unit))]

    class Late(CollectorClient):
        def cast(self, session: str, signed_ballot: bytes) -> Receipt:
            while changes:
                terminal.served.world.change_roll([changes.pop()])
            return super().cast(session, signed_ballot)

    return lambda honest: Late(honest._connection)


def test_vote_with_a_stale_roll_version_is_signed_anew_by_itself(terminal: Terminal) -> None:
    terminal.client = moved(terminal, "north")
    result = terminal.vote(*CHOSEN, "--yes")
    assert result.exit_code == 0, result.exception
    assert "signed anew" in result.output
    assert "your 1st in this election" in result.output


def test_voter_who_moved_meanwhile_starts_again_in_the_new_unit(terminal: Terminal) -> None:
    terminal.client = moved(terminal, "south")
    failed(terminal.vote(*CHOSEN, "--json"), "unit south", "start again")
    result = terminal.vote(*CHOSEN, "--yes")
    assert result.exit_code == 0, result.exception
    assert "You vote in South" in result.output


def test_roll_that_stays_stale_is_an_error(terminal: Terminal) -> None:
    stale = ("before", CheckFailed("C7", Party.CLIENT, "vote", "stale roll version"))
    fail(terminal, stale, stale)
    failed(terminal.vote(*CHOSEN, "--json"), "C7", "ask the election authority")


def test_vote_from_another_home_is_said_and_needs_a_word_from_the_voter(terminal: Terminal) -> None:
    terminal.cast()
    terminal.cast(*OTHERWISE, home="second home")
    before = logged(terminal)
    failed(terminal.vote(*CHOSEN, "--json"), "vote number 2 stands under your name", "--voted-elsewhere")
    asked = terminal.vote(*CHOSEN, "--yes", typed="n\n")
    failed(asked, "If you did not cast it")
    assert "elsewhere? (--voted-elsewhere says yes)" in asked.output
    assert logged(terminal) == before
    assert terminal.cast(*CHOSEN, "--voted-elsewhere")["sequence"] == 3
    assert terminal.cast()["sequence"] == 4  # said once is enough


def test_second_home_sees_the_earlier_vote_of_the_first(terminal: Terminal) -> None:
    terminal.cast()
    result = terminal.vote(*OTHERWISE, "--yes", home="second home")
    assert "(your 1st vote)" in result.output
    assert "your 2nd in this election" in result.output


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
