"""Which pages there are, and in which order the navigation lists them: read from the files, ordered by what is known.

A page that is not named here is listed after those of its part that are, so a new file needs no change.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from docs.builder.problems import SiteError

DOCS = Path(__file__).parents[1]
START = ("README.md", "reading-order.md", "glossary.md", "performance.md")
ORDER = (
    *START,
    "howto/own-election.md",
    "howto/several-machines.md",
    "howto/write-a-scenario.md",
    "howto/secrecy-games.md",
    "howto/world-api.md",
    "howto/write-a-verifier.md",
    "howto/write-a-client.md",
    "threat-model.md",
    "checks.md",
    "attack-matrix.md",
    "spec/README.md",
)
FOLDERS = {"howto": "How to", "spec": "Specification", "adr": "Decisions"}
PARTS = ("Start", "How to", "Threats and checks", "Specification", "Decisions", "More")
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """One Markdown file of docs/."""

    source: PurePosixPath  # relative to docs/
    text: str

    @property
    def target(self) -> PurePosixPath:
        """Where it stands in the site: a README is its folder's index."""
        name = "index.html" if self.source.name == "README.md" else self.source.stem + ".html"
        return self.source.with_name(name)

    @property
    def title(self) -> str:
        """Its first heading; SiteError if it has none."""
        found = _TITLE.search(self.text)
        if found is None:
            raise SiteError((f"{self.source}: no heading of the first level",))
        return found.group(1).replace("`", "")

    @property
    def part(self) -> str:
        """The part of the navigation it belongs to."""
        folder = self.source.parts[0]
        if len(self.source.parts) > 1:
            return FOLDERS.get(folder, "More")
        if folder in START:
            return "Start"
        return "Threats and checks" if folder in ORDER else "More"


def read_pages(docs: Path = DOCS) -> list[Page]:
    """All pages below a folder, in the order of the navigation."""
    found = [PurePosixPath(path.relative_to(docs).as_posix()) for path in docs.rglob("*.md")]
    pages = [Page(source, (docs / source).read_text(encoding="utf-8")) for source in found]
    return sorted(pages, key=_place)


def _place(page: Page) -> tuple[int, int, str]:
    name = str(page.source)
    return PARTS.index(page.part), ORDER.index(name) if name in ORDER else len(ORDER), name
