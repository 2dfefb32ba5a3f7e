"""The ballot paper and the words around it: all that is allowed can be said, nothing else passes."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.crypto.contest import Choice
from common.errors import RuleBroken, SetupError
from common.messages.manifest import Contest, SingleContest, VectorContest
from voter_client.ballot_paper import ask_choice, given_choices, rule
from voter_client.words import amounts, chosen, moment, ordinal

BOARD = SingleContest("single", "board", "Who?", ("Ada", "Ben", "Blank vote"))
YEARS = SingleContest("single", "year", "Which year?", ("3", "1", "2"))
POINTS = VectorContest("vector", "points", "Points", ("Park", "Pool: new", "Zoo"), 3, 2, 5)
CHECKS = VectorContest("vector", "wishes", "Wishes", ("A, B", "C"), 1, 0, 2)
NOON = 1_803_902_400  # 2027-03-01T12:00:00Z


@pytest.mark.parametrize(
    ("contest", "marks", "choice"),
    [
        (BOARD, ["Ben"], (0, 1, 0)),
        (BOARD, ["3"], (0, 0, 1)),
        (YEARS, ["3"], (1, 0, 0)),  # a text comes before a number
        (POINTS, ["Park:3", "Zoo"], (3, 0, 1)),
        (POINTS, ["Pool: new:2"], (0, 2, 0)),
        (POINTS, ["Pool: new", "2:1"], (0, 2, 0)),
        (POINTS, ["Park", "Park"], (2, 0, 0)),
        (CHECKS, ["A, B", "2"], (1, 1)),
        (CHECKS, [""], (0, 0)),
    ],
)
def test_choices_from_the_command_line(contest: Contest, marks: list[str], choice: Choice) -> None:
    assert given_choices([contest], [f"{contest.id}={mark}" for mark in marks]) == {contest.id: choice}


@pytest.mark.parametrize(
    ("contest", "marks", "said"),
    [
        (BOARD, ["Ben", "Ada"], "choose exactly one"),
        (BOARD, ["Ben:2"], "choose exactly one"),
        (BOARD, ["4"], "there are 1: Ada, 2: Ben, 3: Blank vote"),
        (BOARD, ["²"], "no option"),
        (BOARD, ["-1"], "no option"),
        (BOARD, ["ada"], "no option"),
        (POINTS, ["Park:4"], "give each 0 to 3 points, 2 to 5 in all"),
        (POINTS, ["Park:1"], "2 to 5 in all"),
        (POINTS, ["Park:3", "Zoo:3"], "2 to 5 in all"),
        (POINTS, ["Park:-1"], "no option"),
        (POINTS, ["Park:999999999"], "no option"),
        (CHECKS, ["C", "2"], "C is named twice; choose 0 to 2"),
        (BOARD, ["Ben", "Ben"], "Ben is named twice; choose exactly one"),
    ],
)
def test_marks_that_are_no_choice_are_refused(contest: Contest, marks: list[str], said: str) -> None:
    with pytest.raises(SetupError, match=said):
        given_choices([contest], [f"{contest.id}={mark}" for mark in marks])


@given(st.lists(st.integers(0, 3), min_size=3, max_size=3))
def test_every_allowed_choice_can_be_given_and_no_other(points: list[int]) -> None:
    marks = [f"points={number}:{amount}" for number, amount in enumerate(points, start=1)]
    try:
        POINTS.rules().require_allowed(tuple(points))
    except RuleBroken:
        with pytest.raises(SetupError):
            given_choices([POINTS], marks)
    else:
        assert given_choices([POINTS], marks) == {"points": tuple(points)}


@pytest.mark.parametrize(
    ("contest", "answers", "choice"),
    [
        (BOARD, ["", "x", "1,2", "2"], (0, 1, 0)),
        (CHECKS, ["3", "1, 2"], (1, 1)),
        (CHECKS, [""], (0, 0)),
        (POINTS, ["1", "", "", "a", "0", "0", "2", "", "3"], (2, 0, 3)),
    ],
)
def test_asking_goes_on_until_the_answer_is_allowed(contest: Contest, answers: list[str], choice: Choice) -> None:
    left = list(answers)
    said: list[str] = []
    assert ask_choice(contest, lambda _question: left.pop(0), said.append) == choice
    assert left == []
    assert all(any(option in line for line in said) for option in contest.options)


def test_rules_in_words() -> None:
    exact = VectorContest("vector", "two", "Two", ("A", "B", "C"), 1, 2, 2)
    even = VectorContest("vector", "ten", "Ten", ("A", "B"), 10, 10, 10)
    assert [rule(contest) for contest in (BOARD, CHECKS, exact, even)] == [
        "choose exactly one",
        "choose 0 to 2",
        "choose exactly 2",
        "give each 0 to 10 points, exactly 10 in all",
    ]


def test_choices_in_words_and_for_programs() -> None:
    assert chosen(BOARD, (0, 0, 1)) == "Blank vote"
    assert chosen(POINTS, (2, 0, 3)) == "Park: 2, Zoo: 3"
    assert chosen(CHECKS, (0, 0)) == "none of the options"
    assert amounts([BOARD, POINTS], {"points": (2, 0, 3)}) == {"points": {"Park": 2, "Zoo": 3}}


def test_moments_and_numbers_as_people_say_them() -> None:
    assert moment(NOON - 60, NOON, UTC) == "today at 11:59"
    assert moment(NOON - 13 * 3_600, NOON, UTC) == "yesterday at 23:00"
    assert moment(NOON + 86_400, NOON, UTC) == "on 2 March 2027 at 12:00"
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th")
    ]
