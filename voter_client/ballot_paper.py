"""The ballot paper: choices from options of the command line, or asked for one contest after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from common.crypto.contest import Choice
from common.errors import RuleBroken, SetupError
from common.messages.manifest import Contest, VectorContest

Ask = Callable[[str], str]
Say = Callable[[str], None]


def given_choices(contests: Sequence[Contest], given: Sequence[str]) -> dict[str, Choice]:
    """Choices from texts such as `board=Ada`, `wishes=1` or, for amounts, `wishes=Park:3`; a vector takes several.

    `contest=` alone gives nothing to any option. Contests that no text names are left out. `SetupError`, saying what
    may be written, for anything else.
    """
    known = {contest.id: contest for contest in contests}
    marks: dict[str, list[str]] = {}
    for text in given:
        name, equals, mark = text.partition("=")
        if not equals or name not in known:
            raise SetupError(f"--choice {text!r}: write CONTEST=OPTION, with a contest of {', '.join(known)}")
        marks.setdefault(name, []).append(mark)
    return {name: _marked(known[name], found) for name, found in marks.items()}


def _marked(contest: Contest, marks: Sequence[str]) -> Choice:
    amounts = [0] * len(contest.options)
    scored = isinstance(contest, VectorContest) and contest.max_per_option > 1
    for mark in marks:
        if mark:
            position, amount = _mark(contest, mark)
            if amounts[position] and not scored:
                raise SetupError(f"{contest.title}: {contest.options[position]} is named twice; {rule(contest)}")
            amounts[position] += amount
    return _allowed(contest, tuple(amounts))


def _mark(contest: Contest, mark: str) -> tuple[int, int]:
    """Position of the option and its amount; an option is named by its text or its number, counted from 1."""
    if mark in contest.options:
        return contest.options.index(mark), 1
    option, colon, amount = mark.rpartition(":")
    if colon and _number(amount) is not None:
        return _mark(contest, option)[0], int(amount)
    number = _number(mark)
    if number is None or not 1 <= number <= len(contest.options):
        options = ", ".join(f"{n}: {option}" for n, option in enumerate(contest.options, start=1))
        raise SetupError(f"{contest.title} has no option {mark!r}; there are {options}")
    return number - 1, 1


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _allowed(contest: Contest, choice: Choice) -> Choice:
    try:
        contest.rules().require_allowed(choice)
    except RuleBroken:
        raise SetupError(f"{contest.title}: {rule(contest)}") from None
    return choice


def rule(contest: Contest) -> str:
    """What a voter may do here, in words."""
    if not isinstance(contest, VectorContest):
        return "choose exactly one"
    low, high = contest.min_total, min(contest.max_total, contest.max_per_option * len(contest.options))
    if contest.max_per_option == 1:
        return f"choose exactly {low}" if low == high else f"choose {low} to {high}"
    total = f"exactly {low}" if low == high else f"{low} to {high}"
    return f"give each 0 to {contest.max_per_option} points, {total} in all"


def ask_choice(contest: Contest, ask: Ask, say: Say) -> Choice:
    """Show the contest and ask until the answer is one that it allows."""
    say(f"\n{contest.title} ({rule(contest)})")
    for number, option in enumerate(contest.options, start=1):
        say(f"  {number}  {option}")
    while True:
        try:
            return _asked(contest, ask)
        except SetupError as error:
            say(str(error))


def _asked(contest: Contest, ask: Ask) -> Choice:
    if not isinstance(contest, VectorContest):
        return _marked(contest, [ask("Number of your choice")])
    if contest.max_per_option == 1:
        answer = ask("Numbers of your choices, with commas between them (nothing: none)")
        return _marked(contest, [mark.strip() for mark in answer.split(",")])
    answers = [ask(f"Points for {option}").strip() or "0" for option in contest.options]
    if any(_number(answer) is None for answer in answers):
        raise SetupError("points are whole numbers from 0 up")
    return _allowed(contest, tuple(int(answer) for answer in answers))
