"""The built site, judged by what stands in it: links that lead nowhere, and anything fetched from another host."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

_STYLE = re.compile(r"url\(|@import|https?:|//[a-z]", re.IGNORECASE)
_FETCHING = {
    "src",
    "srcset",
    "href",
    "action",
    "formaction",
    "data",
    "poster",
    "background",
    "cite",
    "ping",
    "xlink:href",
}


@dataclass(slots=True)
class _Reader(HTMLParser):
    """Collects anchors and references of one page."""

    anchors: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)  # hyperlinks, followed only by a reader's click
    fetched: list[str] = field(default_factory=list)  # everything a browser fetches by itself
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "iframe", "object", "embed", "base", "form"}:
            self.faults.append(f"has the element {tag}")
        for name, value in attrs:
            if name == "id":
                if value in self.anchors:
                    self.faults.append(f"has the anchor {value} twice")
                self.anchors.add(value or "")
            elif name == "style" and _STYLE.search(value or ""):
                self.faults.append(f"has a style that fetches: {value}")
            elif name in _FETCHING:
                (self.links if tag == "a" and name == "href" else self.fetched).append(value or "")


def find_faults(files: Mapping[PurePosixPath, str]) -> tuple[str, ...]:
    """Every fault of a site, given the text of each of its files by path; empty if there is none."""
    pages = {path: _read(text) for path, text in files.items() if path.suffix == ".html"}
    faults = []
    for path, page in pages.items():
        faults += [f"{path}: {fault}" for fault in page.faults]
        for address in page.fetched:
            if urlsplit(address).scheme or urlsplit(address).netloc:
                faults.append(f"{path}: fetches {address}")
        for address in page.links + page.fetched:
            if not _leads_somewhere(path, address, files, pages):
                faults.append(f"{path}: leads nowhere: {address}")
    faults += [f"{path}: fetches" for path, text in files.items() if path.suffix == ".css" and _STYLE.search(text)]
    return tuple(faults)


def _read(text: str) -> _Reader:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader


def _leads_somewhere(
    path: PurePosixPath, address: str, files: Mapping[PurePosixPath, str], pages: Mapping[PurePosixPath, _Reader]
) -> bool:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return parts.scheme == "https"
    target = join(path, unquote(parts.path)) if parts.path else path
    if target not in files:
        return False
    return not parts.fragment or (target in pages and unquote(parts.fragment) in pages[target].anchors)


def join(path: PurePosixPath, relative: str) -> PurePosixPath:
    """The path that a relative address names, seen from a file; `..` in front if it leaves the site."""
    parts: list[str] = []
    for part in (path.parent / relative).parts:
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        else:
            parts.append(part)
    return PurePosixPath(*parts)
