"""Text that people write: put into one Unicode form, and refused where it could mislead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from common.errors import EncodingError, SetupError

LONGEST_TEXT = 300
SHOWN = 20
LARGEST_FILE = 100_000_000
"""Bytes: more than a roll of a million voters takes, and an end for devices that never stop giving."""
_DIGITS = re.compile(r"\d{11,}")


def clean_text(raw: str) -> str:
    """`raw` in NFC, 1 to 300 characters; `EncodingError` for what the manifest's and the roll's texts cannot hold.

    Letters of every script pass. Control characters, bidi overrides and isolates, surrogates and other characters
    that are not printed do not, nor white space at either end or other than a plain space.
    """
    text = unicodedata.normalize("NFC", raw)
    for character in text:
        if not character.isprintable():
            raise EncodingError(f"holds the character U+{ord(character):04X}, which is not printed; remove it")
    if not text:
        raise EncodingError("is empty; write a text")
    if text != text.strip():
        raise EncodingError("starts or ends with white space; remove it")
    if len(text) > LONGEST_TEXT:
        raise EncodingError(f"has {len(text)} characters; write at most {LONGEST_TEXT}")
    return text


def read_text(path: Path) -> str:
    """The file's text without a byte order mark; `SetupError` if it cannot be read, is too large or not UTF-8."""
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise SetupError(f"{shown_name(path)}: cannot be read ({error.strerror}); check the name") from None
    if len(data) > LARGEST_FILE:
        raise SetupError(f"{shown_name(path)}: is larger than {LARGEST_FILE} bytes; check the name")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SetupError(f"{shown_name(path)}: line {line}: this is not UTF-8; save the file as UTF-8") from None


def shown_name(path: Path) -> str:
    """The file's name on one line of print, without a personal code."""
    name = path.name or str(path)
    return without_codes(name if name.isprintable() else ascii(name))


def faults(file: str, found: Iterable[object]) -> SetupError:
    """One error for all faults of a file, a line each, the first 20 of them; without any personal code."""
    lines = [f"{file}: {fault}" for fault in found]
    rest = len(lines) - SHOWN
    if rest > 0:
        lines[SHOWN:] = [f"{file}: and {rest} more"]
    return SetupError(without_codes("\n".join(lines)))


def without_codes(text: str) -> str:
    """`text` with every run of 11 or more digits taken out: it may be a personal code."""
    return _DIGITS.sub("…", text)
