"""Write docs/checks.md, the table of all checks and defences, from the one list in the code.

    python docs/check_table.py        rewrite docs/checks.md

The sections are found in chapter 12, where each check and defence is defined.
"""

from __future__ import annotations

import re
from pathlib import Path

from common.checks.catalogue import CHECKS, DEFENCES
from common.errors import Party
from docs.builder.markdown import anchor

DOCS = Path(__file__).parent
PAGE = DOCS / "checks.md"
CHAPTER = "spec/12-checks.md"
RUNNERS = {
    Party.CLIENT: "client",
    Party.DEVICE: "device",
    Party.COLLECTOR: "collector",
    Party.PROCESSOR: "processor",
    Party.TRUSTEE: "trustees",
}
HEAD = """# Checks

<!-- Written by docs/check_table.py from common/checks/catalogue.py: change it there. -->

A check takes an object and a context, and passes, or fails with its id, the party at fault and a reason. Every party
runs the ones it can; a sworn auditor has the whole record, a public one what is published.
[Chapter 12](spec/12-checks.md) says exactly what each check demands.

| id | claim | run by | at fault | specified in |
|---|---|---|---|---|
"""
BETWEEN = """
## Defences

Rules that are no check on an object: an order of steps, a way of computing.

| id | claim | where in the code | specified in |
|---|---|---|---|
"""


def text() -> str:
    """The whole page."""
    chapter = (DOCS / CHAPTER).read_text(encoding="utf-8")
    checks = [_row(c.id, c.claim, _runners(c.runners), c.at_fault, _section(chapter, c.id)) for c in CHECKS]
    defences = [_row(d.id, d.claim, f"`{d.where}`", _section(chapter, d.id)) for d in DEFENCES]
    return HEAD + "".join(checks) + BETWEEN + "".join(defences)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _runners(parties: frozenset[Party]) -> str:
    names = [name for party, name in RUNNERS.items() if party in parties]
    if Party.PUBLIC_AUDITOR in parties:
        names.append("auditors")
    elif Party.SWORN_AUDITOR in parties:
        names.append("sworn auditor")
    return ", ".join(names)


def _section(chapter: str, identifier: str) -> str:
    """A link to the section of chapter 12 that defines a check or lists a defence; LookupError if none does."""
    for section in re.split(r"^## ", chapter, flags=re.MULTILINE)[1:]:
        if re.search(rf"^\*\*{identifier}\.\*\*|^\| {identifier} \|", section, flags=re.MULTILINE):
            heading = section.splitlines()[0]
            return f"[{heading.split()[0]}]({CHAPTER}#{anchor(heading)})"
    raise LookupError(f"{CHAPTER} does not define {identifier}")


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
