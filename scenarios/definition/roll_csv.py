"""The voter roll as a CSV file: UTF-8, the header `name,code,unit`, one voter a line.

Faults name the line and the column and never repeat a cell: any cell may hold a misplaced personal code.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.eid.personal_code import parse_voter_id, voter_id
from common.errors import EncodingError, IdentityError
from common.messages.manifest import Unit
from common.messages.roll import RollEntry
from scenarios.definition.text import clean_text, faults, read_text, shown_name

HEADER = ("name", "code", "unit")
_WRITE_HEADER = "write name,code,unit as the first line, with commas, in this order"


@dataclass(frozen=True, slots=True)
class _Fault:
    """A fault of one line; lines count from 1."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


def read_roll(path: Path, units: Sequence[Unit] | None = None) -> tuple[RollEntry, ...]:
    """The voters sorted by id, ready for a `Roll`; `SetupError` naming every faulty line.

    With `units`, each voter's unit must be one of them and have a contest to vote in.
    """
    return parse_roll(shown_name(path), read_text(path), units)


def parse_roll(file: str, text: str, units: Sequence[Unit] | None = None) -> tuple[RollEntry, ...]:
    """The same from the text of a file; `file` is its name for messages."""
    reader = _Reader({unit.id: bool(unit.contests) for unit in units} if units is not None else None)
    try:
        reader.read(text)
    except csv.Error:
        reason = "quotation marks do not match, or a cell is far too long"
        reader.fault(reader.line, f"{reason}; write two quotation marks for one inside a quoted cell")
    if not reader.faults and not reader.rows:
        reader.fault(1, "there are no voters; write one line for each below the header")
    if reader.faults:
        raise faults(file, reader.faults)
    return tuple(sorted(reader.rows, key=lambda entry: entry.voter))


def write_roll(rows: Iterable[RollEntry]) -> str:
    """The CSV text that `parse_roll` reads as these rows, without a byte order mark; lines end in LF."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows((row.name, parse_voter_id(row.voter), row.unit) for row in rows)
    return out.getvalue()


class _Reader:
    """Rows and faults found so far; `units` tells of each unit whether it has contests."""

    def __init__(self, units: Mapping[str, bool] | None) -> None:
        self.units = units
        self.line = 1
        self.rows: list[RollEntry] = []
        self.faults: list[_Fault] = []
        self.first_lines: dict[str, int] = {}

    def fault(self, line: int, text: str) -> None:
        self.faults.append(_Fault(line, text))

    def read(self, text: str) -> None:
        lines = self._lines(text)
        _, header = next(lines, (1, []))
        if tuple(cell.strip() for cell in header) != HEADER:
            self.fault(1, f"the header is missing or wrong; {_WRITE_HEADER}")
            return
        for line, cells in lines:
            self._take(line, [cell.strip(" \t") for cell in cells])

    def _lines(self, text: str) -> Iterator[tuple[int, list[str]]]:
        """The rows that are not blank, each with the number of its first line."""
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        for cells in reader:
            first, self.line = self.line, reader.line_num + 1
            if cells:
                yield first, cells

    def _take(self, line: int, cells: list[str]) -> None:
        if len(cells) != len(HEADER):
            self.fault(
                line, f"has {len(cells)} columns; write three, {', '.join(HEADER)}, and quote names with commas"
            )
            return
        name, voter = self._name(line, cells[0]), self._voter(line, cells[1])
        self._check_unit(line, cells[2])
        if name and voter:
            self.rows.append(RollEntry(voter, name, cells[2]))

    def _name(self, line: int, cell: str) -> str:
        try:
            return clean_text(cell)
        except EncodingError as error:
            self.fault(line, f"name {error}")
            return ""

    def _voter(self, line: int, cell: str) -> str:
        try:
            voter = voter_id(cell)
        except IdentityError as error:
            self.fault(line, f"code: {error}; correct it")
            return ""
        first = self.first_lines.setdefault(voter, line)
        if first != line:
            self.fault(line, f"code: the same as in line {first}; remove one of the two")
        return voter

    def _check_unit(self, line: int, unit: str) -> None:
        if self.units is None:
            return
        if unit not in self.units:
            known = ", ".join(name for name, votes in self.units.items() if votes)
            self.fault(line, f"unit: there is no such unit; write one of {known}")
        elif not self.units[unit]:
            self.fault(line, "unit: this unit has no contests; write one that votes")
