"""What the authority is asked to do. To voters by files: nobody's personal code stands on a command line.

Faults name the line and never repeat it: any cell may hold a personal code.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

from common.eid.personal_code import PREFIX, voter_id
from common.encoding.times import from_rfc3339
from common.errors import EncodingError, IdentityError, SetupError
from common.messages.draft import RollChanges
from common.messages.message import decode, encode
from common.messages.roll import RollChange, RollEntry
from common.transport.documents import read_document

REMOVE = "remove"
NO_NAMES = ("add", "change", "delete", "insert", "move", REMOVE, "update")
"""Words that are orders where a voter's name is due."""
LONGEST_REASON = 300
STANDARD_INPUT = Path("-")


def read_changes(file: Path) -> tuple[RollChange, ...]:
    """A message of roll changes; or, in a file called *.csv, lines `voter,name,unit` and `voter,remove`."""
    if file.suffix.lower() != ".csv":
        return read_document(RollChanges, file).changes
    changes = []
    for number, cells in enumerate(csv.reader(_lines(file)), start=1):
        if cells:
            changes.append(_change(file, number, [cell.strip() for cell in cells]))
    if not changes:
        raise SetupError(f"{file}: no changes; write one a line")
    return tuple(changes)


def read_voters(files: Sequence[Path]) -> tuple[str, ...]:
    """Voter ids from files of ids or personal codes, one a line; `-` is standard input. Sorted, each once."""
    found = set()
    for file in files:
        try:
            lines = _lines(file)
        except SetupError as error:
            raise SetupError(
                f"{error}; give with --voters a file of voter ids or personal codes, one a line"
            ) from None
        for number, line in enumerate(lines, start=1):
            if line.strip():
                found.add(_voter(file, number, line.strip()))
    if not found:
        raise SetupError("no voters are named; write one a line")
    return tuple(sorted(found))


def read_reason(text: str | None) -> str | None:
    """A reason that an act can carry; None for an option that is left out."""
    if text is not None and not (0 < len(text) <= LONGEST_REASON and text.isprintable() and text == text.strip()):
        raise SetupError(f"--reason: write one line of 1 to {LONGEST_REASON} characters, with no spaces at its ends")
    return text


def read_time(text: str) -> str:
    """A time as acts write it."""
    try:
        from_rfc3339(text)
    except EncodingError as error:
        raise SetupError(f"--closes: {error}; write date and time in UTC, such as 2027-03-05T20:00:00Z") from None
    return text


def _lines(file: Path) -> list[str]:
    try:
        text = sys.stdin.read() if file == STANDARD_INPUT else file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise SetupError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SetupError(f"{file}: not text in UTF-8") from None
    return text.splitlines()


def _change(file: Path, number: int, cells: list[str]) -> RollChange:
    if len(cells) == 2 and cells[1] == REMOVE:
        return RollChange(_voter(file, number, cells[0]), None)
    if len(cells) != 3:
        raise SetupError(f"{file}, line {number}: write voter,name,unit or voter,{REMOVE}")
    if cells[1].lower() in NO_NAMES:
        raise SetupError(
            f"{file}, line {number}: {cells[1].lower()!r} stands where the voter's name is due; to add or move a "
            "voter write voter,name,unit"
        )
    voter = _voter(file, number, cells[0])
    change = RollChange(voter, RollEntry(voter, cells[1], cells[2]))
    try:
        return decode(RollChange, encode(change))
    except EncodingError:
        raise SetupError(f"{file}, line {number}: the name or the unit is not in form") from None


def _voter(file: Path, number: int, text: str) -> str:
    try:
        return voter_id(text.removeprefix(PREFIX))
    except IdentityError as error:
        raise SetupError(f"{file}, line {number}: {error}") from None
