"""A message's fields for people: short values as they are, long ones by their length, personal codes never."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass

LONGEST = 100
"""Characters of a text that is shown whole."""
DEEPEST = 3
FEW = 4
"""Members of a list that are shown one by one."""
_PERSONAL = re.compile(r"PNOEE-\d{11}")
_HIDDEN = frozenset({"session", "voters", "changes", "salt"})
"""Bearer secrets, people, and what opens a pseudonym or a commitment."""


def describe(value: object, label: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """(label, text) of every field, in order; nested fields as `times: opens`."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            name = field.name.replace("_", " ")
            inner = f"{label}: {name}" if label else name
            found = getattr(value, field.name)
            if field.name in _HIDDEN and found is not None:
                yield inner, _hidden(found)
            else:
                yield from describe(found, inner, depth + 1)
    elif isinstance(value, tuple | list):
        yield from _members(value, label, depth)
    else:
        yield label, text_of(value)


def _members(value: tuple[object, ...] | list[object], label: str, depth: int) -> Iterator[tuple[str, str]]:
    if not value:
        yield label, "none"
    elif all(isinstance(member, str | int) for member in value):
        line = ", ".join(text_of(member) for member in value)
        yield label, line if len(line) <= 2 * LONGEST else f"{len(value)} of them"
    elif len(value) > FEW or depth > DEEPEST:
        yield label, f"{len(value)} of them"
    else:
        for number, member in enumerate(value, start=1):
            yield from describe(member, f"{label} {number}", depth + 1)


def text_of(value: object) -> str:
    """One value on one line."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return f"with {', '.join(sorted(value))}"
    text = _PERSONAL.sub("PNOEE-…", str(value))
    if len(text) > LONGEST or not text.isprintable():
        return f"{len(text)} characters"
    return text


def _hidden(value: object) -> str:
    return f"{len(value)} of them" if isinstance(value, tuple | list) else "not shown"
