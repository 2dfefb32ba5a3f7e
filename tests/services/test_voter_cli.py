"""`valik vote`: what the voter sees, and what survives when the world fails in the middle."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from common.encoding.times import to_rfc3339
from common.errors import CheckFailed, Party, ServiceRefused
from common.messages.receipt import Receipt
from common.messages.roll import RollChange, RollEntry
from common.transport.client import CollectorClient
from scenarios.country.population import people
from scenarios.services import ServedWorld
from tests.services.terminal import CHOSEN, OTHERWISE, PIN1, PIN2, PowerCut, Terminal, fail, failed, logged, polls

VOTERS = people(46, seed=23)
_next = count()


@pytest.fixture(scope="module")
def served() -> Iterator[ServedWorld]:
    with polls(VOTERS[:45]) as made:
        yield made


@pytest.fixture
def terminal(served: ServedWorld, tmp_path: Path) -> Terminal:
    """A voter on the roll who has not voted."""
    return Terminal(served, tmp_path, served.world.citizen(VOTERS[next(_next)]))


@pytest.fixture
def stranger(served: ServedWorld, tmp_path: Path) -> Terminal:
    """Someone with a card who is not on the roll."""
    return Terminal(served, tmp_path, served.world.citizen(VOTERS[45]))


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
