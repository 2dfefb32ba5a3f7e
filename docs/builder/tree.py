"""Where a link of a page leads: to another page, to a file or folder of docs/, or out of the site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os.path import relpath
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from docs.builder.links import join
from docs.builder.pages import Page


@dataclass(slots=True)
class Tree:
    """The pages, and what they link to that is no page. Collects links that lead nowhere."""

    docs: Path
    pages: Sequence[Page]
    linked: set[PurePosixPath] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def link(self, page: Page, href: str) -> str | None:
        """The address in the site for a link of a page.

        None if there is none to write: the link leads nowhere, or to a file of the project outside docs/.
        """
        parts = urlsplit(href)
        if parts.scheme or parts.netloc or not parts.path:
            return href
        path = join(page.source, unquote(parts.path))
        if not (self.docs / path).exists():
            self.faults.append(f"{page.source}: leads nowhere: {href}")
            return None
        if path.parts[:1] == ("..",):
            return None
        address = address_from(page.target, self._target(path))
        return f"{address}#{parts.fragment}" if parts.fragment else address

    def files(self) -> dict[PurePosixPath, bytes]:
        """The linked files, and those in linked folders, by path."""
        found = {}
        for path in self.linked:
            inside = self.docs / path
            for file in [inside] if inside.is_file() else inside.rglob("*"):
                if file.is_file() and file.suffix != ".md":
                    found[PurePosixPath(file.relative_to(self.docs).as_posix())] = file.read_bytes()
        return found

    def listings(self, files: Mapping[PurePosixPath, bytes]) -> dict[PurePosixPath, str]:
        """For each linked folder without a page of its own the path and text of one: its pages and files."""
        listings = {}
        for folder in sorted(path for path in self.linked if (self.docs / path).is_dir()):
            index = folder / "index.html"
            pages = [(page.title, page.target) for page in self.pages if folder in page.source.parents]
            others = [(f"`{path.relative_to(folder)}`", path) for path in sorted(files) if folder in path.parents]
            lines = [f"- [{title}]({address_from(index, target)})" for title, target in pages + others]
            listings[index] = "\n".join([f"# {folder.name}", "", *lines])
        return listings

    def _target(self, path: PurePosixPath) -> PurePosixPath:
        for page in self.pages:
            if page.source in {path, path / "README.md"}:
                return page.target
        self.linked.add(path)
        return path / "index.html" if (self.docs / path).is_dir() else path


def address_from(here: PurePosixPath, target: PurePosixPath) -> str:
    """The relative address of one file of the site, seen from another."""
    return quote(relpath(target, here.parent))
