"""Vectors for log entries, their order, covering times, the end of voting, tile paths (spec 7.1, 7.6–7.8)."""

# ruff: noqa: E501 – tables: one vector a line
from __future__ import annotations

from tests.vectors.making.kit import Book, Json


def books() -> list[Book]:
    return [entries(), order(), covering_times(), ends_of_voting(), tiles()]


def entries() -> Book:
    book = Book("log-entries", "log-entry-decode", "7.1", "`text` is UTF-8; `output` kind and digest.")
    digest = "86ff00fa7a42aac4dd1ca2131bf678ede900ca49116ba1a5a956c7087d2531e3"
    good = f'{{"digest":"{digest}","kind":"open"}}'
    for kind in (
        "open",
        "vote",
        "roll-change",
        "revocation",
        "exclusion",
        "extension",
        "close",
        "final",
        "abandonment",
    ):
        book.accept(
            kind, f"an entry of kind {kind}", {"text": good.replace("open", kind)}, {"kind": kind, "digest": digest}
        )
    bad = [
        ("space", "white space", good.replace(":", ": ")),
        ("newline", "a newline after it", good + "\n"),
        ("order", "another order of fields", f'{{"kind":"open","digest":"{digest}"}}'),
        ("more-fields", "a further field", good[:-1] + ',"time":0}'),
        ("no-kind", "no kind", f'{{"digest":"{digest}"}}'),
        ("no-digest", "no digest", '{"kind":"open"}'),
        ("unknown-kind", "an unknown kind", good.replace("open", "reopen")),
        ("capital-kind", "a kind in capitals", good.replace("open", "OPEN")),
        ("empty-kind", "an empty kind", good.replace("open", "")),
        ("null-kind", "no text for a kind", good.replace('"open"', "null")),
        ("escaped-kind", "an escaped letter", good.replace("open", "\\u006fpen")),
        ("capital-digest", "a digest in capitals", good.replace("ff00fa", "FF00FA")),
        ("short-digest", "a digest of 31 bytes", good.replace("86ff", "86")),
        ("long-digest", "a digest of 33 bytes", good.replace("86ff", "86ff00")),
        ("twice", "a field twice", good[:-1] + ',"kind":"open"}'),
        ("array", "in an array", f"[{good}]"),
        ("empty", "nothing", ""),
    ]
    for slug, what, text in bad:
        book.refuse(slug, "open", what, {"text": text}, "MalformedMessage", "L6")
    return book


def order() -> Book:
    book = Book(
        "log-order",
        "log-order",
        "7.7",
        "Kinds of entries in order; `output` the indices of close, final, abandonment.",
    )
    v = "vote"
    good: list[tuple[str, str, list[str], list[int | None]]] = [
        ("opened", "just opened", ["open"], [None, None, None]),
        ("running", "running", ["open", v, "roll-change", v, "revocation", "exclusion"], [None, None, None]),
        ("extended", "extended twice", ["open", v, "extension", v, "extension"], [None, None, None]),
        ("closed", "closed", ["open", v, "close"], [2, None, None]),
        (
            "counting",
            "closed, then put in order",
            ["open", v, "close", "exclusion", "revocation", "roll-change"],
            [2, None, None],
        ),
        ("finished", "finished", ["open", v, "close", "exclusion", "final"], [2, 4, None]),
        ("nobody-voted", "finished without a vote", ["open", "close", "final"], [1, 2, None]),
        (
            "abandoned-open",
            "abandoned while voting was open",
            ["open", v, "extension", "abandonment"],
            [None, None, 3],
        ),
        (
            "abandoned-closed",
            "abandoned after the close",
            ["open", v, "close", "exclusion", "abandonment"],
            [2, None, 4],
        ),
        ("abandoned-at-once", "abandoned before anybody voted", ["open", "abandonment"], [None, None, 1]),
    ]
    for slug, what, kinds, where in good:
        book.accept(slug, what, {"kinds": kinds}, dict(zip(("close", "final", "abandonment"), where, strict=True)))
    bad = [
        ("empty", "an empty log", []),
        ("no-open", "not opened", [v, "close", "final"]),
        ("open-late", "opened after the first vote", [v, "open", "close", "final"]),
        ("open-twice", "opened twice", ["open", "open", v, "close", "final"]),
        ("open-after-close", "opened again after the close", ["open", v, "close", "open", "final"]),
        ("vote-after-close", "a vote after the close", ["open", v, "close", v, "final"]),
        ("close-twice", "closed twice", ["open", v, "close", "close", "final"]),
        ("final-unclosed", "final without a close", ["open", v, "final"]),
        ("final-twice", "final twice", ["open", v, "close", "final", "final"]),
        ("vote-after-final", "a vote after final", ["open", v, "close", "final", v]),
        ("exclusion-after-final", "an exclusion after final", ["open", v, "close", "final", "exclusion"]),
        ("close-after-final", "the close after final", ["open", v, "final", "close"]),
        ("only-close", "a close alone", ["close"]),
        ("extension-first", "an extension before the open entry", ["extension", "open", "close", "final"]),
        ("extension-after-close", "an extension after the close", ["open", v, "close", "extension", "final"]),
        ("final-after-abandonment", "final after abandonment", ["open", v, "close", "abandonment", "final"]),
        ("vote-after-abandonment", "a vote after abandonment", ["open", "abandonment", v]),
        ("abandoned-twice", "abandoned twice", ["open", v, "abandonment", "abandonment"]),
        ("abandonment-after-final", "abandoned after final", ["open", v, "close", "final", "abandonment"]),
    ]
    for slug, what, kinds in bad:
        book.refuse(slug, "finished", what, {"kinds": kinds}, "LogError", "L6")
    return book


def covering_times() -> Book:
    book = Book(
        "covering-times",
        "covering-time",
        "7.6",
        "Verified checkpoints as size and cosignature times; `output` the covering time of the entry.",
    )
    example = [
        {"size": 3, "times": {"a": 1, "b": 4}},
        {"size": 5, "times": {"a": 3, "b": 2, "c": 9}},
        {"size": 6, "times": {"a": 5}},
    ]
    for index, time in ((0, 3), (2, 3), (3, 3), (4, 3)):
        book.accept(
            f"entry-{index}", f"entry {index} of the specification's example", _covered(example, 2, index), time
        )
    book.accept("quorum-1", "the same with a quorum of 1", _covered(example, 1, 5), 5)
    book.accept("quorum-3", "the same with a quorum of 3", _covered(example, 3, 0), 9)
    book.accept("other-order", "the order of checkpoints does not matter", _covered(example[::-1], 2, 0), 3)
    book.accept(
        "own",
        "a smaller checkpoint that was sooner",
        _covered([*example, {"size": 1, "times": {"a": 0, "b": 1}}], 2, 0),
        1,
    )
    for slug, what, recorded, quorum, index in (
        ("uncovered", "an entry that only a checkpoint without a quorum covers", example, 2, 5),
        ("size-is-index", "a checkpoint of size 5 does not cover entry 5", example[:2], 2, 5),
        ("beyond", "an entry beyond the log", example, 1, 6),
        ("no-checkpoint", "no checkpoints", [], 1, 0),
        ("no-quorum", "no checkpoint has a quorum", example, 4, 0),
        ("negative", "a negative index", example, 2, -1),
    ):
        book.refuse(slug, "entry-4", what, _covered(recorded, quorum, index), "LogError", "L5")
    return book


def _covered(recorded: list[dict[str, Json]], quorum: int, index: int) -> dict[str, Json]:
    return {"checkpoints": recorded, "quorum": quorum, "index": index}


def ends_of_voting() -> Book:
    book = Book(
        "ends-of-voting",
        "end-of-voting",
        "7.7",
        "The manifest's end `closes` and `grace`, the extensions of a log (index, the end each names, covering time), all in "
        "seconds; `output` the end in force for the entry at `index`. Refused are logs with an extension that may not be there.",
    )
    one, two = _extension(4, 5_000, 900), _extension(8, 6_000, 5_200)
    for slug, what, given, end in (
        ("none", "no extension", _ends(9), 1_000),
        ("after", "an entry after an extension", _ends(5, one), 5_000),
        ("before", "an entry before it", _ends(3, one), 1_000),
        ("itself", "the extension's own entry", _ends(4, one), 1_000),
        ("twice", "after the second of two", _ends(9, one, two), 6_000),
        ("between", "between two", _ends(8, one, two), 5_000),
        ("last-second", "covered at the end of grace", _ends(5, one | {"covered": 1_300}), 5_000),
        ("late", "covered a second later: it moves nothing", _ends(5, one | {"covered": 1_301}), 1_000),
        ("second-late", "only the second came too late", _ends(9, one, two | {"covered": 5_301}), 5_000),
        (
            "both-late",
            "the second one cannot build on a first that came too late",
            _ends(9, one | {"covered": 1_301}, two),
            1_000,
        ),
        ("a-week", "a week after the manifest's end", _ends(5, one | {"closes": 605_800}), 605_800),
    ):
        book.accept(slug, what, given, end)
    for slug, base, what, given in (
        ("same", "after", "an extension to the same end", _ends(5, one | {"closes": 1_000})),
        ("earlier", "after", "an extension to an earlier end", _ends(5, one | {"closes": 999})),
        ("back", "twice", "a second extension that takes the first back", _ends(9, one, two | {"closes": 4_000})),
        (
            "back-late",
            "both-late",
            "a second one below the first, which moved nothing",
            _ends(9, one | {"covered": 1_301}, two | {"closes": 4_000}),
        ),
        ("too-far", "a-week", "a second more than a week", _ends(5, one | {"closes": 605_801})),
        ("too-far-together", "twice", "more than a week in two steps", _ends(9, one, two | {"closes": 605_801})),
    ):
        book.refuse(slug, base, what, given, "RuleBroken", "L6")
    return book


def _extension(index: int, closes: int, covered: int) -> dict[str, Json]:
    return {"index": index, "closes": closes, "covered": covered}


def _ends(index: int, *extensions: dict[str, Json]) -> dict[str, Json]:
    return {"closes": 1_000, "grace": 300, "extensions": list(extensions), "index": index}


def tiles() -> Book:
    book = Book("tiles", "tile-path-decode", "7.8", "Paths of tiles; level null: entries.")
    good: list[tuple[str, str, str, int | None, int, int]] = [
        ("first", "the first tile", "tile/0/000", 0, 0, 256),
        ("two-groups", "tile 1067", "tile/0/x001/067", 0, 1067, 256),
        ("three-groups", "tile 1234067", "tile/1/x001/x234/067", 1, 1234067, 256),
        ("partial", "a partial tile", "tile/0/273.p/112", 0, 273, 112),
        ("entries", "an entry bundle", "tile/entries/000.p/7", None, 0, 7),
        ("highest", "the highest level", "tile/63/000", 63, 0, 256),
    ]
    for slug, what, path, level, index, width in good:
        book.accept(slug, what, {"path": path}, {"level": level, "index": index, "width": width})
    for slug, path in (
        ("level-64", "tile/64/000"), ("level-zeros", "tile/00/000"), ("level-none", "tile//000"),
        ("level-negative", "tile/-1/000"), ("two-digits", "tile/0/67"), ("four-digits", "tile/0/1067"),
        ("needless-group", "tile/0/x000/067"), ("missing-x", "tile/0/001/067"), ("last-with-x", "tile/0/x067"),
        ("width-0", "tile/0/000.p/0"), ("width-256", "tile/0/000.p/256"), ("width-zeros", "tile/0/000.p/07"),
        ("no-width", "tile/0/000.p/"), ("slash-before", "/tile/0/000"), ("slash-after", "tile/0/000/"),
        ("dots", "tile/0/../000"), ("capital", "tile/0/X001/067"), ("newline", "tile/0/000\n"), ("other", "entries/000"),
    ):  # fmt: skip
        book.refuse(slug, "first", slug.replace("-", " "), {"path": path}, "EncodingError")
    return book
