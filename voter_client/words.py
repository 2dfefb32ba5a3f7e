"""Times, numbers and choices as people say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from common.crypto.contest import Choice
from common.messages.manifest import Contest


def moment(then: int, now: int, zone: tzinfo | None = None) -> str:
    """`then` as seen from `now` (seconds since 1970): "today at 14:02", "on 1 March 2027 at 14:02"."""
    at, here = datetime.fromtimestamp(then, zone), datetime.fromtimestamp(now, zone)
    days = {here.date(): "today", here.date() - timedelta(days=1): "yesterday"}
    day = days.get(at.date()) or f"on {at.day} {at:%B %Y}"
    return f"{day} at {at:%H:%M}"


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 4th …"""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def chosen(contest: Contest, choice: Choice) -> str:
    """A choice by its options' names, with the amounts where more than one is possible."""
    scored = contest.kind == "vector" and contest.max_per_option > 1
    picked = [
        f"{option}: {amount}" if scored else option
        for option, amount in zip(contest.options, choice, strict=True)
        if amount
    ]
    return ", ".join(picked) or "none of the options"


def amounts(contests: Sequence[Contest], choices: Mapping[str, Choice]) -> dict[str, dict[str, int]]:
    """Choices for programs: contest id → option → amount, zeros left out."""
    return {
        contest.id: {o: n for o, n in zip(contest.options, choices[contest.id], strict=True) if n}
        for contest in contests
        if contest.id in choices
    }
