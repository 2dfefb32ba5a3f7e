"""`valik verify`, `valik receipts`, `valik watch`: what was cast is looked at again, and by whom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from collector.collector import Collector, Keys
from collector.notices import AT_ONCE, SUBSCRIPTIONS, Notices
from common.checks.catalogue import COMPLETE
from common.messages.receipt import SignedLatest
from common.ports import NotAuthenticated, Unavailable
from common.transport.client import CollectorClient
from scenarios.country.population import people
from scenarios.services import ServedWorld
from tests.services.terminal import CHOSEN, OTHERWISE, PIN1, PowerCut, Terminal, failed, polls
from voter_client.verification_code import read_code
from voter_client.watch_cli import ALARM

VOTERS = people(40, seed=29)
_next = count()


@pytest.fixture(scope="module")
def served() -> Iterator[ServedWorld]:
    with polls(VOTERS) as made:
        yield made


@pytest.fixture
def terminal(served: ServedWorld, tmp_path: Path) -> Terminal:
    """A voter on the roll who has not voted."""
    return Terminal(served, tmp_path, served.world.citizen(VOTERS[next(_next)]))


def cast_with_code(terminal: Terminal, *words: str) -> str:
    """Vote; the verification code's text."""
    file = terminal.folder / f"code-{next(_next)}.txt"
    terminal.cast(*(words or CHOSEN), "--code-out", str(file))
    return file.read_text().strip()


# --- the verifying device


def test_device_shows_name_choices_number_and_latest(terminal: Terminal) -> None:
    code = cast_with_code(terminal)
    toy = "--insecure-parameters"
    result = terminal.run("verify", code, *terminal.pins, toy)  # a device that keeps nothing
    assert result.exit_code == 0, result.exception
    for words in (
        terminal.citizen.card.name,
        "Who chairs the board?  Ada",
        "Library, School",
        "1st and latest vote",
    ):
        assert words in result.output, words
    said = terminal.said(terminal.run("verify", code, "--home", str(terminal.home), "--json"))
    assert (said["latest"], said["sequence"]) == (True, 1)
    assert said["choices"] == {"board": {"Ada": 1}, "wishes": {"Library": 1, "School": 1}}


def test_replaced_vote_is_shown_as_replaced(terminal: Terminal) -> None:
    first = cast_with_code(terminal)
    terminal.cast(*OTHERWISE)
    result = terminal.run("verify", first, "--home", str(terminal.home))
    assert result.exit_code == 0, result.exception
    assert "1st vote. A LATER ONE IS RECORDED" in result.output
    assert "latest vote" not in result.output


def test_code_is_read_from_a_file_and_from_standard_input(terminal: Terminal) -> None:
    code = cast_with_code(terminal)
    file = terminal.folder / "typed.txt"
    file.write_text(code + "\n")
    home = ("--home", str(terminal.home), "--json")
    assert terminal.said(terminal.run("verify", str(file), *home))["latest"]
    assert terminal.said(terminal.run("verify", "-", *home, typed=code + "\n"))["latest"]


def test_wrong_codes_are_refused_each_with_its_reason(terminal: Terminal) -> None:
    png = terminal.folder / "code.png"
    terminal.cast(*CHOSEN, "--code-out", str(png))
    code = cast_with_code(terminal, *OTHERWISE)
    whole, home = read_code(code), ("--home", str(terminal.home))
    failed(terminal.run("verify", str(png), *home), "scan it with a camera")
    failed(terminal.run("verify", code[:-1], *home), "scan it again")
    failed(terminal.run("verify", code.lower(), *home), "nor a verification code")
    failed(terminal.run("verify", "Käsi", *home), "nor a verification code")
    failed(terminal.run("verify", "no-code.txt", *home), "nor a verification code")
    failed(terminal.run("verify", replace(whole, fingerprint_prefix="0" * 16).text(), *home), "another election")
    failed(terminal.run("verify", replace(whole, vote_id="0" * 32).text(), *home), "not recorded")
    failed(terminal.run("verify", replace(whole, seed=bytes(32)).text(), *home), "V3", "voter client")
    failed(terminal.run("verify", code), "whom to ask must not come from the code")
    failed(terminal.run("verify", code, "--manifest", str(terminal.manifest)), "needs --authority")
    failed(terminal.run("verify", code, *terminal.pins), "--insecure-parameters")
    assert terminal.said(terminal.run("verify", code, *home, "--json"))["sequence"] == 2


def test_vote_is_shown_only_a_few_times(terminal: Terminal) -> None:
    code = cast_with_code(terminal)
    words = ("verify", code, "--home", str(terminal.home), "--json")
    for _ in range(terminal.served.world.election.manifest.policies.verification_count):
        assert terminal.said(terminal.run(*words))["latest"]
    failed(terminal.run(*words), "looked at too often or too late")


# --- receipts


def receipts(terminal: Terminal, *words: str) -> tuple[str, ...]:
    return "receipts", "--home", str(terminal.home), "--card", str(terminal.card), *words


def test_receipts_hold_and_are_listed(terminal: Terminal) -> None:
    terminal.cast()
    code = cast_with_code(terminal, *OTHERWISE)
    result = terminal.run(*receipts(terminal))
    assert result.exit_code == 0, result.exception
    for words in ("1st", "replaced", "2nd", "your latest", "All receipts hold"):
        assert words in result.output, words
    again = terminal.folder / "again.txt"
    said = terminal.said(terminal.run(*receipts(terminal, "--json", "--code-out", str(again))))
    assert ([vote["sequence"] for vote in said["votes"]], said["failed"]) == ([1, 2], None)
    assert again.read_text().strip() == code


def test_receipts_of_a_collector_that_lost_the_vote_do_not_hold(terminal: Terminal) -> None:
    class Forgetful(CollectorClient):
        def latest(self, vote_id: str) -> SignedLatest:
            answer = super().latest(vote_id)
            return replace(answer, answer=replace(answer.answer, latest=False))

    terminal.cast()
    terminal.client = lambda honest: Forgetful(honest._connection)
    result = terminal.run(*receipts(terminal))
    failed(result, "R4", "keep this home, it is evidence")
    assert "NOT in order: R4" in result.output
    terminal.client = lambda honest: honest
    assert terminal.run(*receipts(terminal)).exit_code == 0


def test_vote_of_another_home_is_noticed_when_looking_again(terminal: Terminal) -> None:
    terminal.cast()
    terminal.cast(*OTHERWISE, home="second home")
    failed(terminal.run(*receipts(terminal)), "R4", "If you did not vote elsewhere")


def test_unfinished_vote_is_the_first_thing_to_finish(terminal: Terminal) -> None:
    class Cut(CollectorClient):
        def cast(self, session: str, signed_ballot: bytes) -> None:  # type: ignore[override]
            super().cast(session, signed_ballot)
            raise PowerCut

    failed(terminal.run(*receipts(terminal)), "holds no election yet; vote or watch with this home first")
    terminal.cast()
    terminal.client = lambda honest: Cut(honest._connection)
    failed(terminal.vote(*OTHERWISE, "--json"))
    terminal.client = lambda honest: honest
    assert "run `valik vote --retry` first" in terminal.run(*receipts(terminal)).output
    assert terminal.said(terminal.vote("--retry", "--json"))["sequence"] == 2
    assert "--retry" not in terminal.run(*receipts(terminal)).output


def test_home_without_a_vote_has_no_receipts(terminal: Terminal) -> None:
    terminal.cast()
    other = Terminal(terminal.served, terminal.folder / "other", terminal.served.world.citizen(VOTERS[next(_next)]))
    words = ("receipts", "--home", str(terminal.home), "--card", str(other.card))
    failed(terminal.run(*words), "no receipt for this card yet")


# --- watching


def watch(terminal: Terminal, *words: str, home: str = "home") -> tuple[str, ...]:
    place = str(terminal.folder / home)
    return "watch", "--home", place, "--card", str(terminal.card), "--once", *words


def test_watch_warns_of_a_silent_second_vote_and_of_nothing_else(terminal: Terminal) -> None:
    terminal.cast()
    quiet = terminal.run(*watch(terminal, "--pin1", PIN1))
    assert quiet.exit_code == 0, quiet.exception
    assert "Your 1st vote was recorded" in quiet.output
    assert "WARNING" not in quiet.output
    terminal.cast(*OTHERWISE, home="virus")  # whoever has the card and its PINs
    alarmed = terminal.run(*watch(terminal))  # no PIN any more
    assert alarmed.exit_code == ALARM
    assert "WARNING: a 2nd vote under your name" in alarmed.output
    assert "1st" not in alarmed.output
    told = terminal.run(*watch(terminal))
    assert told.exit_code == 0
    assert "2nd" not in told.output
    again = terminal.run(*watch(terminal, "--renew", "--pin1", PIN1, "--json"))
    lines = [json.loads(line) for line in again.stdout.splitlines()]
    assert [(line["sequence"], line["origin"]) for line in lines] == [(1, "here"), (2, "elsewhere")]


def test_watch_tells_a_vote_without_receipt_from_a_strange_one(terminal: Terminal) -> None:
    class Cut(CollectorClient):
        def cast(self, session: str, signed_ballot: bytes) -> None:  # type: ignore[override]
            super().cast(session, signed_ballot)
            raise PowerCut

    terminal.client = lambda honest: Cut(honest._connection)
    failed(terminal.vote(*CHOSEN, "--json"))
    terminal.client = lambda honest: honest
    result = terminal.run(*watch(terminal, "--pin1", PIN1))
    assert result.exit_code == 0
    assert "cannot be told. Finish it with `valik vote --retry`" in result.output
    assert terminal.said(terminal.vote("--retry", "--json"))["sequence"] == 1
    again = terminal.run(*watch(terminal, "--renew", "--pin1", PIN1))
    assert "cast here" in again.output


def test_another_computer_watches_with_a_home_of_its_own(terminal: Terminal) -> None:
    terminal.cast()
    words = watch(terminal, "--pin1", PIN1, home="at work")
    failed(terminal.run(*words), "holds no election yet")
    result = terminal.run(*words, *terminal.pins, "--insecure-parameters")
    assert result.exit_code == ALARM
    assert "WARNING: a 1st vote" in result.output


def test_watch_says_nothing_of_others(terminal: Terminal) -> None:
    terminal.cast()
    other = Terminal(terminal.served, terminal.folder / "other", terminal.served.world.citizen(VOTERS[next(_next)]))
    other.cast()
    result = terminal.run(*watch(terminal, "--pin1", PIN1))
    assert result.exit_code == 0
    assert result.output.count("recorded") == 1
    assert other.citizen.person.name not in result.output


def test_watch_goes_on_when_the_collector_comes_back(terminal: Terminal) -> None:
    class Gone(CollectorClient):
        def notices(self, subscription: str, after: int) -> tuple[()]:
            raise Unavailable("the service cannot be reached")

    terminal.cast()
    terminal.client = lambda honest: Gone(honest._connection)
    failed(terminal.run(*watch(terminal, "--pin1", PIN1)), "cannot be reached")
    rounds: list[int] = []

    def turn() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 2:
            raise PowerCut

    terminal.on_sleep = turn
    result = terminal.run(*watch(terminal)[:-1], "--every", "7")
    assert isinstance(result.exception, PowerCut)
    assert result.output.count("asking again in 7 s") == 2
    assert terminal.slept == [7, 7]
    terminal.client = lambda honest: honest
    assert "Your 1st vote" in terminal.run(*watch(terminal)).output


def test_subscription_that_newer_ones_pushed_out_is_said_to_its_holder(terminal: Terminal) -> None:
    terminal.cast()
    assert terminal.run(*watch(terminal, "--pin1", PIN1)).exit_code == 0
    session = terminal.served.world.session(terminal.citizen)._view.session
    for _ in range(SUBSCRIPTIONS - 1):
        terminal.served.world.collector.subscribe(session)
    assert terminal.run(*watch(terminal)).exit_code == 0
    terminal.served.world.collector.subscribe(session)
    failed(terminal.run(*watch(terminal)), "does not know this subscription", "--renew")
    assert terminal.run(*watch(terminal, "--renew", "--pin1", PIN1)).exit_code == 0


def test_damaged_subscription_is_an_error(terminal: Terminal) -> None:
    terminal.cast()
    assert terminal.run(*watch(terminal, "--pin1", PIN1)).exit_code == 0
    file = terminal.journal_file().with_suffix(".watch")
    assert file.stat().st_mode & 0o777 == 0o600
    file.write_bytes(b"")
    failed(terminal.run(*watch(terminal)), "--renew")


# --- the collector's side


def test_notices_need_a_subscription_that_the_collector_gave(terminal: Terminal) -> None:
    collector = terminal.served.world.collector
    session = terminal.served.world.session(terminal.citizen)._view.session
    token = collector.subscribe(session)
    assert collector.notices(token, 0) == ()
    for wrong in (session, "0" * 64, token[:-1], token.upper()):
        with pytest.raises(NotAuthenticated):
            collector.notices(wrong, 0)
    with pytest.raises(NotAuthenticated):
        collector.subscribe(token)  # a subscription opens no session
    with pytest.raises(NotAuthenticated):
        collector.refresh(token)


def test_subscriptions_survive_a_restart_and_the_store_holds_no_token(terminal: Terminal) -> None:
    terminal.cast()
    served, old = terminal.served, terminal.served.collector
    token = served.world.collector.subscribe(served.world.session(terminal.citizen)._view.session)
    assert token not in "\n".join(old._store._connection.iterdump())
    keys = Keys(old._log._key, old._lookup._key)
    responder, witnesses = old._acceptance._responder, old._log._witnesses
    reborn = Collector(old._election, old._roll, keys, old._store, witnesses, responder, served.world.clock, COMPLETE)
    assert reborn.notices(token, 0) == old.notices(token, 0)
    assert [notice.sequence for notice in reborn.notices(token, 0)] == [1]


def test_many_notices_come_in_pieces(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal.cast()
    served = terminal.served.collector
    voter = terminal.citizen.card.voter_id
    ((head, time),) = served._ledger.recorded(voter)
    many = tuple((replace(head, sequence=number), time) for number in range(1, AT_ONCE + 31))
    monkeypatch.setattr(served._ledger, "recorded", lambda asked: many if asked == voter else ())
    notices = Notices(served._store, served._ledger)
    token = notices.subscribe(voter)
    assert [n.sequence for n in notices.since(token, 0)] == list(range(1, AT_ONCE + 1))
    assert [n.sequence for n in notices.since(token, AT_ONCE)] == list(range(AT_ONCE + 1, AT_ONCE + 31))
    result = terminal.run(*watch(terminal, "--pin1", PIN1, "--json"))
    assert len(result.stdout.splitlines()) == AT_ONCE + 30
