"""The roll as CSV: what is read, and that each fault names file, line and way out but never a personal code."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.eid.personal_code import voter_id
from common.errors import SetupError
from common.messages.manifest import Unit
from common.messages.roll import RollEntry
from scenarios.country.population import people
from scenarios.definition.roll_csv import parse_roll, read_roll, write_roll

UNITS = (
    Unit("all", "All", None, ()),
    Unit("north", "North", "all", ("chair",)),
    Unit("south", "South", "all", ("chair",)),
)
FIRST, SECOND, THIRD = (person.code for person in people(3, 5))
CODE = re.compile(r"[0-9]{11}")


def roll(*lines: str, header: str = "name,code,unit", end: str = "\n") -> str:
    return end.join([header, *lines, ""])


def refused(text: str) -> str:
    with pytest.raises(SetupError) as raised:
        parse_roll("roll.csv", text, UNITS)
    message = str(raised.value)
    assert all(line.startswith("roll.csv: ") for line in message.splitlines())
    assert not CODE.search(message)
    return message


def test_rows_come_sorted_by_voter_id() -> None:
    rows = parse_roll("roll.csv", roll(*(f"N,{code},north" for code in (SECOND, FIRST, THIRD))), UNITS)
    assert [row.voter for row in rows] == sorted(map(voter_id, (FIRST, SECOND, THIRD)))


def test_one_voter_is_a_roll() -> None:
    assert parse_roll("r", roll(f"Mari Maasikas,{FIRST},north"), UNITS) == (
        RollEntry(voter_id(FIRST), "Mari Maasikas", "north"),
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_byte_order_mark_and_every_line_ending_are_read(tmp_path: Path, end: str, mark: bytes) -> None:
    file = tmp_path / "roll.csv"
    file.write_bytes(mark + roll(f"Õie Tõnisson,{FIRST},north", f"B,{SECOND},south", end=end).encode())
    assert {row.name for row in read_roll(file, UNITS)} == {"Õie Tõnisson", "B"}


def test_blank_lines_and_spaces_around_cells_are_passed_over() -> None:
    text = roll("", f" Mari Maasikas , {FIRST} ,\tnorth ", "", "")
    assert parse_roll("roll.csv", text, UNITS)[0].name == "Mari Maasikas"


@pytest.mark.parametrize(
    "name", ["Õnne Pärn", "Mary O'Connor", "Jean‐Luc D’Arc", "מרים כהן", "ليلى حداد", "王小明", "Ōta-Müller 3."]
)
def test_names_of_every_script_are_accepted(name: str) -> None:
    assert parse_roll("roll.csv", roll(f"{name},{FIRST},north"), UNITS)[0].name == name


def test_names_are_put_into_composed_form() -> None:
    loose = unicodedata.normalize("NFD", "Õnne Pärn")
    assert parse_roll("roll.csv", roll(f"{loose},{FIRST},north"), UNITS)[0].name == "Õnne Pärn"


@pytest.mark.parametrize(
    ("character", "shown"),
    [
        ("\u202e", "U+202E"),
        ("\u2066", "U+2066"),
        ("\u200f", "U+200F"),
        ("\x07", "U+0007"),
        ("\x00", "U+0000"),
        ("\x85", "U+0085"),
        ("\u00a0", "U+00A0"),
        ("\ud800", "U+D800"),
        ("\ue000", "U+E000"),
    ],
)
def test_characters_that_mislead_are_refused(character: str, shown: str) -> None:
    message = refused(roll(f"A,{SECOND},north", f"Ma{character}ri,{FIRST},north"))
    assert f"line 3: name holds the character {shown}" in message
    assert "remove it" in message


def test_line_break_inside_a_name_is_refused_at_its_first_line() -> None:
    message = refused(roll(f'"Mari\nMaasikas",{FIRST},north', f"B,{SECOND},east"))
    assert "line 2: name holds the character U+000A" in message
    assert "line 4: unit: there is no such unit; write one of north, south" in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: the header is missing or wrong; write name,code,unit"),
        (f"Mari,{FIRST},north\n", "line 1: the header is missing or wrong"),
        (roll(f"Mari;{FIRST};north", header="name;code;unit"), "line 1: the header is missing or wrong"),
        (roll(f"Mari,{FIRST},north", header="Name,Code,Unit"), "line 1: the header is missing or wrong"),
        (roll(), "there are no voters; write one line for each"),
        (roll(f"Mari,{FIRST}"), "line 2: has 2 columns; write three"),
        (roll(f"Maasikas, Mari,{FIRST},north"), "line 2: has 4 columns; write three"),
        (roll(f"Mari;{FIRST};north"), "line 2: has 1 columns; write three"),
        (roll(f",{FIRST},north"), "line 2: name is empty; write"),
        (roll(f"{'x' * 301},{FIRST},north"), "line 2: name has 301 characters; write at most 300"),
        (roll(f"Mari,{FIRST},east"), "line 2: unit: there is no such unit; write one of north, south"),
        (roll(f"Mari,{FIRST},{FIRST}"), "line 2: unit: there is no such unit; write one of north, south"),
        (roll(f"Mari,{FIRST},all"), "line 2: unit: this unit has no contests; write one that votes"),
        (roll("Mari,123,north"), "line 2: code: a personal code has 11 digits; correct it"),
        (roll(f"Mari,{FIRST}0,north"), "line 2: code: a personal code has 11 digits"),
        (roll(f"Mari,{FIRST[:10]}{(int(FIRST[10]) + 1) % 10},north"), "line 2: code: a personal code with a wrong"),
        (roll("Mari,39913310015,north"), "line 2: code: a personal code with a wrong birth date"),
        (roll("Mari,٣٩٩١٣٣١٠٠١٥,north"), "line 2: code: a personal code has 11 digits"),
        (roll(f"{FIRST},Mari,north"), "line 2: code: a personal code has 11 digits"),
        (roll(f"A,{FIRST},north", f"B,{FIRST},south"), "line 3: code: the same as in line 2; remove one"),
        (roll(f'"Mari,{FIRST},north'), "line 2: quotation marks do not match"),
    ],
)
def test_fault_names_the_line_and_what_to_do(text: str, said: str) -> None:
    assert f"roll.csv: {said}" in re.sub(r"line 1: (?=there are)", "", refused(text))


def test_many_faults_are_told_together_and_cut_short() -> None:
    message = refused(roll(*(f"Mari,{number},north" for number in range(50))))
    assert len(message.splitlines()) == 21
    assert message.endswith("roll.csv: and 30 more")


def test_text_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "roll.csv"
    for odd in ("Õ".encode("latin-1"), b"\xed\xa0\x80"):
        file.write_bytes(b"name,code,unit\n" + odd + f",{FIRST},north\n".encode())
        with pytest.raises(SetupError, match=r"roll\.csv: line 2: this is not UTF-8; save") as raised:
            read_roll(file, UNITS)
        assert not CODE.search(str(raised.value))


def test_missing_file_is_a_friendly_error(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"nothing\.csv: cannot be read \(No such file .*\); check the name"):
        read_roll(tmp_path / "nothing.csv")


NAMES = st.text(st.characters(exclude_categories=["C", "Z"], include_characters=' ,"'), min_size=1, max_size=40)
ROWS = st.lists(
    st.tuples(
        NAMES.map(lambda name: unicodedata.normalize("NFC", name).strip()).filter(lambda name: 0 < len(name) < 300),
        st.sampled_from(people(200, 8)).map(lambda person: voter_id(person.code)),
        st.sampled_from(["north", "south"]),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda row: row[1],
)


@settings(max_examples=150, deadline=None)
@given(ROWS)
def test_written_roll_reads_back_the_same(rows: list[tuple[str, str, str]]) -> None:
    entries = tuple(sorted((RollEntry(voter, name, unit) for name, voter, unit in rows), key=lambda e: e.voter))
    assert parse_roll("roll.csv", write_roll(entries), UNITS) == entries


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_without_a_crash_or_a_code(text: str) -> None:
    for candidate in (text, f"name,code,unit\n{text}", f"name,code,unit\nA,{FIRST},{text}"):
        said = ""
        try:
            parse_roll("roll.csv", candidate, UNITS)
        except SetupError as error:
            said = str(error)
        assert not CODE.search(said)
