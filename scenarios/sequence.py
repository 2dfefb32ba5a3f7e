"""A story as a sequence picture: self-contained SVG, one line for each party, one arrow for each step."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from textwrap import wrap

from scenarios.laboratory import Step

_COLUMN, _LINE, _TOP, _LETTERS = 190, 15, 44, 30


def picture(story: Sequence[Step], title: str) -> str:
    """The SVG element; `title` is read out by screen readers."""
    parties = list(dict.fromkeys(name for step in story for name in (step.sender, step.receiver)))
    centre = {name: _COLUMN // 2 + position * _COLUMN for position, name in enumerate(parties)}
    parts: list[str] = []
    y = _TOP + 12
    for step in story:
        lines = wrap(step.text, _LETTERS)
        y += _LINE * len(lines) + 8
        parts += _arrow(centre[step.sender], centre[step.receiver], y, lines)
        y += 14
    hooked = parties[-1] in (step.sender for step in story if step.sender == step.receiver)
    width, height = (len(parties) + hooked) * _COLUMN, y + 10
    columns = [_party(name, centre[name], height) for name in parties]
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'xmlns="http://www.w3.org/2000/svg"><title>{escape(title)}</title>{"".join(columns + parts)}</svg>'
    )


def _party(name: str, x: int, height: int) -> str:
    return (
        f'<line x1="{x}" y1="{_TOP}" x2="{x}" y2="{height}" class="life"/>'
        f'<rect x="{x - 86}" y="8" width="172" height="30" rx="4" class="party"/>'
        f'<text x="{x}" y="28" text-anchor="middle">{escape(name)}</text>'
    )


def _arrow(start: int, end: int, y: int, lines: Sequence[str]) -> list[str]:
    """The text above, the arrow below it; a step of a party with itself is a hook beside its line."""
    if start == end:
        x, anchor = start + 10, "start"
        shape = f'<path d="M{start} {y - 4} h18 v10 h-12" class="arrow"/>'
        head = f'<path d="M{start + 2} {y + 6} l7 -4 v8 z"/>'
    else:
        x, anchor = (start + end) // 2, "middle"
        way = 1 if end > start else -1
        shape = f'<path d="M{start} {y} H{end - 2 * way}" class="arrow"/>'
        head = f'<path d="M{end} {y} l{-8 * way} -4 v8 z"/>'
    first = y - (10 if start == end else 6) - _LINE * (len(lines) - 1)
    texts = [
        f'<text x="{x}" y="{first + _LINE * at}" text-anchor="{anchor}">{escape(line)}</text>'
        for at, line in enumerate(lines)
    ]
    return [shape, head, *texts]
