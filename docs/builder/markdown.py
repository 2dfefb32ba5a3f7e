"""Markdown (CommonMark with tables) to HTML: headings get anchors, tables and code scroll, formulas are set."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from docs.builder import typesetting
from docs.builder.problems import SiteError

_COMMENT = re.compile(r"\s*<!--.*-->\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the second level, for the navigation."""

    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A page's HTML and its sections."""

    html: str
    sections: tuple[Section, ...]


def render(text: str, link: Callable[[str], str | None]) -> Rendered:
    """A page as HTML.

    link gives the address to write for a link's target, None for one that cannot be followed from the site.
    SiteError for HTML in the text (comments are dropped), for images, and for formulas that are none.
    """
    parser = MarkdownIt("commonmark").enable("table")
    tokens = parser.parse(text)
    sections = tuple(_anchor_headings(tokens))
    for token in tokens:
        _adapt(token, link)
    return Rendered(parser.renderer.render(tokens, parser.options, {}), sections)


def anchor(title: str) -> str:
    """A heading's anchor: small letters, digits, hyphens and underscores, as common viewers of Markdown make it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def _anchor_headings(tokens: Sequence[Token]) -> list[Section]:
    sections, seen = [], dict[str, int]()
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open":
            continue
        title = "".join(child.content for child in inline.children or ())
        name = anchor(title)
        count = seen[name] = seen.get(name, -1) + 1
        name = f"{name}-{count}" if count else name
        opening.attrSet("id", name)
        if opening.tag == "h2":
            sections.append(Section(name, title))
    return sections


def _adapt(token: Token, link: Callable[[str], str | None]) -> None:
    """Change one token of the page into what the site shows."""
    if token.type == "fence" and token.info.strip() == "math":
        _raw(token, typesetting.displayed(token.content))
    elif token.type in {"fence", "code_block"}:
        _raw(token, f'<pre tabindex="0"><code>{escape(token.content, quote=False)}</code></pre>\n')
    elif token.type == "table_open":
        _raw(token, '<div class="table" tabindex="0"><table>\n')
    elif token.type == "table_close":
        _raw(token, "</table></div>\n")
    elif token.type in {"html_block", "html_inline"}:
        if _COMMENT.fullmatch(token.content) is None:
            raise SiteError((f"HTML in a page: {token.content.strip()}",))
        _raw(token, "")
    elif token.type == "image":
        raise SiteError((f"an image: {token.content}",))
    elif token.type == "text":
        _raw(token, typesetting.running(token.content))
    for child in token.children or ():
        _adapt(child, link)
    if token.type == "inline":
        _point_links(token.children or [], link)


def _point_links(children: Sequence[Token], link: Callable[[str], str | None]) -> None:
    followed = True
    for token in children:
        if token.type == "link_open":
            address = link(str(token.attrs["href"]))
            followed = address is not None
            if address is None:
                token.tag, token.attrs = "span", {}
            else:
                token.attrSet("href", address)
        elif token.type == "link_close" and not followed:
            token.tag, followed = "span", True


def _raw(token: Token, html: str) -> None:
    token.type, token.content, token.children = "html_block", html, None
