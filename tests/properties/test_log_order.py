"""Log entries are read strictly, and every log out of order is refused (structural part of L6)."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.encoding import canonical
from common.errors import EncodingError, LogError
from common.log.entries import Entry, EntryKind, LogShape, decode_entries, verify_order

DIGEST = "ab" * 32
LETTERS = {
    "o": EntryKind.OPEN,
    "v": EntryKind.VOTE,
    "c": EntryKind.ROLL_CHANGE,
    "r": EntryKind.REVOCATION,
    "x": EntryKind.EXCLUSION,
    "e": EntryKind.EXTENSION,
    "C": EntryKind.CLOSE,
    "F": EntryKind.FINAL,
    "A": EntryKind.ABANDONMENT,
}
# the order rule once more, as a regular expression over one letter per entry
ORDER = re.compile(r"o[vcrxe]*(?:C[crx]*F?|(?:C[crx]*)?A)?\Z")

entries = st.builds(Entry, st.sampled_from(EntryKind), st.binary(min_size=32, max_size=32).map(bytes.hex))


def log(letters: str) -> list[Entry]:
    return [Entry(LETTERS[letter], DIGEST) for letter in letters]


@given(entries)
def test_entry_is_canonical_json_and_round_trips(entry: Entry) -> None:
    assert entry.encode() == canonical.encode({"kind": str(entry.kind), "digest": entry.digest})
    assert Entry.decode(entry.encode()) == entry


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b'{"digest":"%s"}' % DIGEST.encode(),
        b'{"kind":"vote","digest":"%s"}' % DIGEST.encode(),
        b'{"digest":"%s", "kind":"vote"}' % DIGEST.encode(),
        b'{"digest":"%s","kind":"vote"}\n' % DIGEST.encode(),
        b'{"digest":"%s","kind":"vote","time":1}' % DIGEST.encode(),
        b'{"digest":"%s","kind":"ballot"}' % DIGEST.encode(),
        b'{"digest":"%s","kind":"VOTE"}' % DIGEST.encode(),
        b'{"digest":"%s","kind":"v\\u006fte"}' % DIGEST.encode(),
        b'{"digest":"%s","kind":null}' % DIGEST.encode(),
        b'{"digest":"%s","kind":"vote"}' % DIGEST[:-2].encode(),
        b'{"digest":"%s","kind":"vote"}' % DIGEST.upper().encode(),
    ],
)
def test_entry_in_any_other_form_is_refused(data: bytes) -> None:
    with pytest.raises(EncodingError):
        Entry.decode(data)
    with pytest.raises(LogError, match="entry 1 is malformed"):
        decode_entries([Entry(EntryKind.OPEN, DIGEST).encode(), data])


@pytest.mark.parametrize("digest", ["", DIGEST[:-1], DIGEST.upper(), DIGEST + "ab", "zz" * 32])
def test_entry_refuses_a_malformed_digest(digest: str) -> None:
    with pytest.raises(EncodingError):
        Entry(EntryKind.VOTE, digest)


@given(st.lists(entries, max_size=5))
def test_entries_decode_in_order(wanted: list[Entry]) -> None:
    assert decode_entries(entry.encode() for entry in wanted) == tuple(wanted)


@pytest.mark.parametrize(
    ("letters", "shape"),
    [
        ("o", LogShape(None, None)),
        ("ovvcrxv", LogShape(None, None)),
        ("oC", LogShape(1, None)),
        ("oCF", LogShape(1, 2)),
        ("ovcvCrcxxF", LogShape(4, 9)),
    ],
)
def test_log_in_order_tells_where_it_closed_and_ended(letters: str, shape: LogShape) -> None:
    assert verify_order(log(letters)) == shape


@pytest.mark.parametrize(
    ("letters", "reason"),
    [
        ("", "empty"),
        ("v", "entry 0 is vote"),
        ("C", "entry 0 is close"),
        ("ovo", "entry 2 is open"),
        ("ovF", "not closed"),
        ("ovCv", "after the close"),
        ("ovCC", "after the close"),
        ("ovCFF", "after the final"),
        ("ovCFr", "after the final"),
        ("ovCFv", "after the final"),
        ("ovCo", "entry 3 is open"),
        ("e", "entry 0 is extension"),
        ("ovCe", "after the close"),
        ("ovCFe", "after the final"),
        ("ovAv", "after the abandonment"),
        ("ovAC", "after the abandonment"),
        ("ovCAF", "after the abandonment"),
        ("oAA", "after the abandonment"),
        ("ovCFA", "after the final"),
    ],
)
def test_log_out_of_order_is_refused(letters: str, reason: str) -> None:
    with pytest.raises(LogError, match=reason):
        verify_order(log(letters))


@given(st.text("vcrxe", max_size=4), st.text("ovcrxeCFA", max_size=6))
def test_order_rule_equals_its_regular_expression(start: str, rest: str) -> None:
    letters = "o" + start + rest
    if ORDER.match(letters):
        shape = verify_order(log(letters))
        assert shape.close_index == (letters.index("C") if "C" in letters else None)
        assert shape.final_index == (letters.index("F") if "F" in letters else None)
        assert shape.abandonment_index == (letters.index("A") if "A" in letters else None)
    else:
        with pytest.raises(LogError):
            verify_order(log(letters))


def test_tree_sizes_end_at_close_and_at_final() -> None:
    shape = verify_order(log("ovCrF"))
    assert (shape.close_tree_size(), shape.final_tree_size()) == (3, 5)
    with pytest.raises(LogError, match="no close"):
        verify_order(log("ov")).close_tree_size()
    with pytest.raises(LogError, match="no final"):
        verify_order(log("ovC")).final_tree_size()
