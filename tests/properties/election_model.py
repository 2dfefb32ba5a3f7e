"""The plain model of a whole election: a dictionary of each voter's votes, in clear, and what must become of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from common.crypto.contest import Choice
from common.messages.receipt import Receipt

UNITS = ("north", "south")


@dataclass
class Cast:
    """A vote that is in the log. `late`: the witnesses saw it too late. `struck`: its voter left the roll since."""

    index: int
    unit: str
    choice: Choice
    raw: bytes = field(repr=False)
    receipt: Receipt | None = field(default=None, repr=False)
    late: bool = False
    struck: bool = False


@dataclass
class Model:
    """`roll` maps voters to units; `chains` has each voter's votes in log order; `size` counts the log's entries."""

    roll: dict[str, str]
    chains: dict[str, list[Cast]] = field(default_factory=dict)
    on_paper: set[str] = field(default_factory=set)
    touched: dict[str, int] = field(default_factory=dict)
    version: int = 0
    size: int = 1
    closed: bool = False

    def votes(self) -> Iterator[tuple[str, Cast]]:
        """Every vote in the log, with its voter."""
        return ((voter, cast) for voter, chain in self.chains.items() for cast in chain)

    def take(self, voter: str, cast: Cast) -> Cast:
        """A vote is logged."""
        self.chains.setdefault(voter, []).append(cast)
        self.size += 1
        return cast

    def change_roll(self, voter: str, unit: str | None) -> None:
        """The voter's row is new, or gone; going strikes what was cast, for good."""
        self.version += 1
        self.size += 1
        self.touched[voter] = self.version
        if unit is None:
            del self.roll[voter]
            for cast in self.chains.get(voter, []):
                cast.struck = True
        else:
            self.roll[voter] = unit

    def fate(self, voter: str, cast: Cast) -> str:
        """Which one set of the accounting a vote is in."""
        if cast is not self.chains[voter][-1]:
            return "superseded"
        if cast.late:
            return "excluded"
        return "revoked" if cast.struck or voter in self.on_paper else "counted"

    def fates(self) -> dict[str, tuple[int, ...]]:
        """The accounting: set name → log indices."""
        found: dict[str, list[int]] = {"superseded": [], "excluded": [], "revoked": [], "counted": []}
        for voter, cast in self.votes():
            found[self.fate(voter, cast)].append(cast.index)
        return {name: tuple(sorted(indices)) for name, indices in found.items()}

    def counted(self) -> dict[str, Cast]:
        """Voter → the one vote that counts."""
        return {voter: cast for voter, cast in self.votes() if self.fate(voter, cast) == "counted"}

    def result(self) -> tuple[int, tuple[int, ...]]:
        """How many ballots count, and for what."""
        chosen = [cast.choice for cast in self.counted().values()]
        totals = Counter(choice.index(1) for choice in chosen)
        return len(chosen), tuple(totals[option] for option in range(3))
