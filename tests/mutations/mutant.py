"""A mutant: a patch of a few lines that takes one defence away, with a header that says what, and who must notice.

    Covers: C7
    Removes: a vote may name a roll version from before the voter's row changed
    Tests: tests/claims/test_every_check.py
    Select: C7-stale
    --- a/common/checks/casting.py
    +++ b/common/checks/casting.py
    @@ … @@

`Tests` are files, `Select` is pytest's -k. It is a plain unified diff of one file, and `git apply` takes it too;
here its old lines must stand in the file exactly once, wherever that is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
ROOT = FOLDER.parents[1]
MAX_CHANGED = 5
_FIELDS = ("Covers", "Removes", "Tests", "Select")
_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@.*\Z")
_ID = re.compile(r"[A-Z][0-9]{1,2}\Z")


class BadPatch(Exception):
    """A patch without its header, of another form than above, or that no longer fits its file."""


@dataclass(frozen=True, slots=True)
class Hunk:
    """The lines, each with its newline, before and after; `changed` counts those removed or added."""

    old: str
    new: str
    changed: int


@dataclass(frozen=True, slots=True)
class Mutant:
    """`covers`: check ids, D-ids, or words for other rules. `path`: the mutated file, from the root of the tree."""

    name: str
    covers: tuple[str, ...]
    removes: str
    tests: tuple[str, ...]
    select: str
    path: str
    hunks: tuple[Hunk, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of checks and defences among what it covers."""
        return tuple(word for word in self.covers if _ID.match(word))

    def applied(self, text: str) -> str:
        """The file's text with the mutation; `BadPatch` unless each hunk's old lines stand there exactly once."""
        for hunk in self.hunks:
            found = re.findall(f"^{re.escape(hunk.old)}", text, re.MULTILINE)
            if len(found) != 1:
                raise BadPatch(f"{self.name}: a hunk fits {self.path} in {len(found)} places, not in one")
            text = re.sub(f"^{re.escape(hunk.old)}", lambda _: hunk.new, text, flags=re.MULTILINE)  # noqa: B023
        return text


def load_all(folder: Path = FOLDER) -> tuple[Mutant, ...]:
    """Every patch in the folder, by name."""
    return tuple(parse(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.patch")))


def parse(name: str, text: str) -> Mutant:
    """The mutant of a patch file; `BadPatch` for any other form."""
    header, marker, diff = text.partition("--- a/")
    fields = dict(line.split(": ", 1) for line in header.splitlines() if ": " in line)
    if not marker or not set(_FIELDS[:3]) <= set(fields) <= set(_FIELDS) or len(fields) != header.count("\n"):
        raise BadPatch(f"{name}: the header has lines for {', '.join(_FIELDS[:3])}, and perhaps {_FIELDS[3]}")
    path, new_path, *lines = diff.splitlines()
    if new_path != f"+++ b/{path}":
        raise BadPatch(f"{name}: a mutant changes one file")
    hunks = _hunks(name, lines)
    if not 1 <= sum(hunk.changed for hunk in hunks) <= 2 * MAX_CHANGED:
        raise BadPatch(f"{name}: a mutant changes 1 to {MAX_CHANGED} lines")
    covers, tests = tuple(fields["Covers"].split()), tuple(fields["Tests"].split())
    return Mutant(name, covers, fields["Removes"], tests, fields.get("Select", ""), path, hunks)


def _hunks(name: str, lines: list[str]) -> tuple[Hunk, ...]:
    groups: list[list[str]] = []
    for line in lines:
        if _HUNK.match(line):
            groups.append([])
        elif groups and line[:1] in (" ", "-", "+"):
            groups[-1].append(line)
        else:
            raise BadPatch(f"{name}: a line that belongs to no hunk")
    return tuple(
        Hunk(
            "".join(f"{line[1:]}\n" for line in group if line[0] != "+"),
            "".join(f"{line[1:]}\n" for line in group if line[0] != "-"),
            sum(line[0] != " " for line in group),
        )
        for group in groups
    )
