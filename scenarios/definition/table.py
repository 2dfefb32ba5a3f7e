"""Reading a TOML table strictly: each key has one type and bounds, and what nobody asked for is a fault.

Faults are collected, not raised, so that organisers see all of them at once; a faulty value reads as a placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from difflib import get_close_matches

from common.checks.draft import Problem
from common.encoding.times import to_rfc3339
from common.errors import EncodingError
from scenarios.definition.text import clean_text

LARGEST = 2**53 - 1
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")
_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}([Zz]|[+-]\d{2}:\d{2})\Z", re.ASCII)
_TIME_ADVICE = "write a date, a time and an offset such as 2027-03-01T09:00:00+02:00"


class Table:
    """One TOML table at a key path. Ask for every key it may have, then `close` it."""

    def __init__(self, where: str, values: Mapping[str, object], problems: list[Problem]) -> None:
        self.where = where
        self.problems = problems
        self._values = values
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def path(self, key: str) -> str:
        return f"{self.where}.{key}" if self.where else key

    def fault(self, key: str, text: str) -> None:
        place = self.path(key)
        self.problems.append(Problem(place if place.isascii() and place.isprintable() else ascii(place), text))

    def close(self) -> None:
        """Report the keys that nobody asked for."""
        for key in sorted(self._values.keys() - self._asked):
            near = get_close_matches(key, self._asked, 1)
            advice = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(self._asked))}"
            self.fault(key, f"no such key; {advice}")

    def text(self, key: str) -> str:
        """A line of text, in NFC."""
        value = self._find(key, (str,), "a text in quotes")
        return self._cleaned(key, value) if isinstance(value, str) else ""

    def optional_text(self, key: str) -> str | None:
        """A line of text; None if it is not there."""
        self._asked.add(key)
        return self.text(key) if key in self else None

    def name(self, key: str, *, optional: bool = False) -> str | None:
        """An identifier; None if it is optional and not there."""
        value = self._find(key, (str,), "an id in quotes", optional)
        return self._checked_name(key, value) if isinstance(value, str) else None

    def one_of(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """One of a few words."""
        known = " or ".join(f'"{word}"' for word in allowed)
        value = self._find(key, (str,), known, default is not None)
        if isinstance(value, str) and value not in allowed:
            self.fault(key, f"is none of the known words; write {known}")
        return value if isinstance(value, str) and value in allowed else default or allowed[0]

    def integer(self, key: str, low: int, high: int = LARGEST, default: int | None = None) -> int:
        """A whole number from `low` to `high`."""
        form = f"a whole number from {low} to {high}" if high < LARGEST else f"a whole number of at least {low}"
        value = self._find(key, (int,), form, default is not None)
        if not isinstance(value, int):
            return low if default is None else default
        if not low <= value <= high:
            self.fault(key, f"is out of bounds; write {form}")
            return low
        return value

    def optional_integer(self, key: str, low: int) -> int | None:
        """A whole number of at least `low`; None if it is not there."""
        self._asked.add(key)
        return self.integer(key, low) if key in self else None

    def share(self, key: str, default: float) -> float:
        """A number from 0 to 1."""
        value = self._find(key, (int, float), "a number from 0 to 1", optional=True)
        if not isinstance(value, int | float):
            return default
        if not 0 <= value <= 1:
            self.fault(key, "is out of bounds; write a number from 0 to 1")
            return default
        return float(value)

    def time(self, key: str) -> str:
        """A moment with its offset, in whole seconds, as the RFC 3339 UTC text that the manifest holds."""
        value = self._find(key, (str, date, time), "a date and time such as 2027-03-01T09:00:00+02:00")
        if value is None:
            return ""
        try:
            return _moment(value)
        except EncodingError as error:
            self.fault(key, f"{error}; {_TIME_ADVICE}")
            return ""

    def texts(self, key: str, least: int, most: int) -> tuple[str, ...]:
        """`least` to `most` lines of text."""
        found = self._items(key, (str,), "a list of texts in quotes")
        if found is not None and not least <= len(found) <= most:
            self.fault(key, f"has {len(found)} entries; write {least} to {most}")
        return tuple(self._cleaned(f"{key}[{n}]", str(item)) for n, item in enumerate(found or (), 1))

    def names(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        """Identifiers."""
        if key not in self:
            self._asked.add(key)
            return default
        found = self._items(key, (str,), "a list of ids in quotes", optional=True)
        return tuple(self._checked_name(f"{key}[{n}]", str(item)) for n, item in enumerate(found or (), 1))

    def integers(self, key: str, low: int, high: int) -> tuple[int, ...]:
        """Distinct whole numbers; none by default."""
        found = self._items(key, (int,), "a list of whole numbers", optional=True) or []
        numbers = [item for item in found if isinstance(item, int)]
        if len(set(numbers)) != len(numbers) or any(not low <= item <= high for item in numbers):
            self.fault(key, f"write each number once, from {low} to {high}")
        return tuple(numbers)

    def weights(self, key: str) -> tuple[float, ...]:
        """Numbers of at least 0, one of them above 0."""
        found = self._items(key, (int, float), "a list of numbers") or []
        numbers = [item for item in found if isinstance(item, int | float)]
        if numbers and (not all(0 <= item <= LARGEST for item in numbers) or not any(numbers)):
            self.fault(key, "write numbers of at least 0, one of them above 0")
            return ()
        return tuple(map(float, numbers))

    def words(self, key: str, allowed: Sequence[str]) -> tuple[str, ...]:
        """Words of a fixed set; none by default."""
        found = self._items(key, (str,), "a list of words in quotes", optional=True) or []
        if not set(found) <= set(allowed):
            self.fault(key, f"holds an unknown word; write {', '.join(allowed)}")
        return tuple(str(word) for word in found if word in allowed)

    def table(self, key: str) -> Table:
        """The table of that name; an empty one if it is not there."""
        value = self._find(key, (dict,), f"a table: [{self.path(key)}]", optional=True)
        return Table(self.path(key), value if isinstance(value, dict) else {}, self.problems)

    def tables(self, key: str) -> list[Table]:
        """The tables of an array of tables; none if it is not there. Places count from 1."""
        found = self._items(key, (dict,), f"tables: [[{self.path(key)}]]", optional=True) or []
        places = [(f"{self.path(key)}[{n}]", item) for n, item in enumerate(found, 1)]
        return [Table(place, item, self.problems) for place, item in places if isinstance(item, dict)]

    def counts(self, key: str, low: int) -> int | dict[str, int] | None:
        """A whole number of at least `low`, or a table of such numbers by id; None if it is not there."""
        self._asked.add(key)
        value = self._values.get(key)
        if value is None or not isinstance(value, dict):
            return None if value is None else self.integer(key, low)
        inner = self.table(key)
        return {self._checked_name(f"{key}.{name}", name): inner.integer(name, low) for name in value}

    def _find(self, key: str, kinds: tuple[type, ...], form: str, optional: bool = False) -> object | None:
        """The value if it has the type, else a fault and None; None too if it is missing, a fault if not optional."""
        self._asked.add(key)
        if key not in self._values:
            if not optional:
                self.fault(key, f"is missing; write {form}")
            return None
        value = self._values[key]
        if not isinstance(value, kinds) or isinstance(value, bool):
            self.fault(key, f"is of the wrong type; write {form}")
            return None
        return value

    def _items(self, key: str, kinds: tuple[type, ...], form: str, optional: bool = False) -> list[object] | None:
        found = self._find(key, (list,), form, optional)
        if not isinstance(found, list):
            return None
        if any(not isinstance(item, kinds) or isinstance(item, bool) for item in found):
            self.fault(key, f"is of the wrong type; write {form}")
            return None
        return found

    def _cleaned(self, key: str, value: str) -> str:
        try:
            return clean_text(value)
        except EncodingError as error:
            self.fault(key, str(error))
            return ""

    def _checked_name(self, key: str, value: str) -> str:
        if not _NAME.match(value):
            self.fault(key, "is no id; write 1 to 40 of a-z, 0-9 and -, not starting with -")
        return value


def _moment(value: object) -> str:
    if isinstance(value, str):
        if not _RFC3339.match(value):
            raise EncodingError("is not an RFC 3339 time in whole seconds")
        try:
            value = datetime.fromisoformat(value.upper())
        except ValueError:
            raise EncodingError("is no such date or time") from None
    if not isinstance(value, datetime):
        raise EncodingError("is a date or a time alone")
    if value.tzinfo is None:
        raise EncodingError("has no offset from UTC")
    if value.microsecond:
        raise EncodingError("is not in whole seconds")
    if not 1970 < value.year < 9999:
        raise EncodingError("is not between the years 1971 and 9998")
    return to_rfc3339(int(value.astimezone(UTC).timestamp()))
