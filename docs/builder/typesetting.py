"""Formulas without script or font: displayed ones become MathML, sub- and superscripts in running text HTML.

The chapters write x_i, 2^(b−1), λ_(0,j) in running text, which reads well in an editor. Displayed formulas stand in
LaTeX in a block marked `math`.
"""

from __future__ import annotations

import re
from html import escape

from latex2mathml import exceptions
from latex2mathml.converter import convert

from docs.builder.problems import SiteError

_NO_FORMULA = tuple(
    kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception)
)
_SIMPLE = re.compile(r"[−-]?\w+|\|\w+\|")
_BEFORE = re.compile(r"[\w)\]'²ΠΣ*̃]$")
_BRACKETS = {"(": ")", "{": "}"}
_WORD_ENDS = r"(?![^\W²³⁴])"  # a raised digit is a letter to `re`, but no part of the word
_SUBSCRIPT = re.compile(r"(?:[0-9]+|[^\W\d_]̃?)" + _WORD_ENDS)
_TWO_INDICES = re.compile(r"[ijkm]{2}" + _WORD_ENDS)
_BASE = re.compile(r"(?<!\w)[^\W_]+̃?'?$")
_ONE_LETTER_BASE = re.compile(r"(?<!\w)\w̃?'?$")


def displayed(latex: str) -> str:
    """Displayed formulas, one a line, as MathML; SiteError for what is not understood."""
    try:
        formulas = "".join(convert(line, display="block") for line in latex.splitlines() if line.strip())
    except _NO_FORMULA as error:
        raise SiteError((f"not a formula: {latex}",)) from error
    if "\\" in formulas:  # unknown commands come out as they went in
        raise SiteError((f"not a formula: {latex}",))
    return f'<div class="formula" tabindex="0">{formulas}</div>\n'


def running(text: str) -> str:
    """Running text as HTML, with its sub- and superscripts raised and lowered."""
    done, start, position = [], 0, 0
    while position < len(text):
        end, inner = _script(text, start, position)
        if end == 0:
            position += 1
            continue
        tag = "sup" if text[position] == "^" else "sub"
        done += [escape(text[start:position], quote=False), f"<{tag}>{running(inner)}</{tag}>"]
        start = position = end
    return "".join(done) + escape(text[start:], quote=False)


def _script(text: str, start: int, position: int) -> tuple[int, str]:
    """Where the script that begins at a position ends, and its inside; (0, "") if none begins there."""
    sign, before, after = text[position], text[:position], position + 1
    if sign not in "^_" or after == len(text):
        return 0, ""
    if sign == "^" and _BEFORE.search(before) is None and start != position:
        return 0, ""
    if sign == "_" and _BASE.search(before) is None:
        return 0, ""
    if text[after] in _BRACKETS:
        return _bracketed(text, after)
    pattern = _SIMPLE if sign == "^" else _SUBSCRIPT
    found = pattern.match(text, after)
    if sign == "_" and found is None and _ONE_LETTER_BASE.search(before):
        found = _TWO_INDICES.match(text, after)
    return (found.end(), found.group()) if found else (0, "")


def _bracketed(text: str, opening: int) -> tuple[int, str]:
    closing, depth = _BRACKETS[text[opening]], 0
    for place in range(opening, len(text)):
        depth += (text[place] == text[opening]) - (text[place] == closing)
        if depth == 0:
            return place + 1, text[opening + 1 : place]
    return 0, ""
