"""Handing out ID cards: a folder for each, behind fresh PINs that stand on a sheet to be cut up and sent by post."""

from __future__ import annotations

import csv
import html
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from common.transport.files import owner_only
from voter_client.software_card import VoterToken

PIN_LIST, PIN_SHEET = "pins.csv", "pin-sheet.html"
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>PIN sheet</title>
<style>
body {{ font: 12pt/1.4 sans-serif; margin: 1rem; }}
article {{ border: 1px dashed; break-inside: avoid; margin: 0 0 .6rem; padding: .6rem 1rem; max-width: 32rem; }}
b {{ font: bold 14pt monospace; letter-spacing: .15em; }}
</style>
<h1>PINs of {count} mock ID cards</h1>
<p>Cut along the lines; give each person theirs and nobody else's. For lessons, not for real elections.</p>
{slips}
</html>
"""
_SLIP = """<article>{name} – card {folder}
<br>PIN 1 (who you are) <b>{pin1}</b><br>PIN 2 (signature) <b>{pin2}</b></article>"""


@dataclass(frozen=True, slots=True)
class Pins:
    """One line of the sheet. PIN 1 has 4 digits, PIN 2 has 5."""

    folder: str
    name: str
    pin1: str
    pin2: str


def hand_out(card: VoterToken, out: Path) -> Pins:
    """Save a card as the next numbered folder in `out`, behind fresh PINs, and add them to the list there."""
    number = 1 + sum(each.is_dir() for each in out.iterdir())
    pin1, pin2 = (f"{secrets.randbelow(10**length):0{length}d}" for length in (4, 5))
    pins = Pins(f"{number:04d}", card.name, pin1, pin2)
    card.save(out / pins.folder, pin1, pin2)
    with open(out / PIN_LIST, "a", encoding="utf-8", newline="", opener=owner_only) as stream:
        csv.writer(stream).writerow([pins.folder, pins.name, pin1, pin2])
    return pins


def read_pins(out: Path) -> list[Pins]:
    """The list of PINs that `hand_out` keeps."""
    with (out / PIN_LIST).open(encoding="utf-8", newline="") as stream:
        return [Pins(*line) for line in csv.reader(stream)]


def write_sheet(out: Path, pins: Iterable[Pins]) -> Path:
    """A page to print and cut up."""
    slips = [
        _SLIP.format(name=html.escape(each.name), folder=each.folder, pin1=each.pin1, pin2=each.pin2) for each in pins
    ]
    with open(out / PIN_SHEET, "w", encoding="utf-8", opener=owner_only) as stream:
        stream.write(_PAGE.format(count=len(slips), slips="\n".join(slips)))
    return out / PIN_SHEET
