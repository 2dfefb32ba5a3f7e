"""F1, and what anyone can see of published ballots: files that a processor left out, added or rewrote."""

# ruff: noqa: E501 – tables: one case a line

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from common.messages.ballot import Ballot, ballot_digest
from common.messages.message import decode, encode
from tests.claims.dossier import BALLOTS, VOTES, Dossier, with_document, with_lines
from tests.records.making.case import Files, Tampered, record_of

FEW = ("processor",)
SHARES, LOG, CHECKPOINTS = "public/shares.json", "public/log/000000.jsonl", "public/checkpoints.json"


def cases(toy: Dossier, small: Dossier) -> list[Tampered]:
    """F1, and what anyone can see of published ballots."""
    files = record_of(toy)

    def without(path: str) -> Files:
        return {name: data for name, data in files.items() if name != path}

    def ballots(change: Callable[[Ballot], Ballot]) -> Files:
        first, *rest = toy.ballots
        return record_of(replace(toy, ballots=tuple(sorted((change(first), *rest), key=ballot_digest))))

    def poisoned(ballot: Ballot) -> Ballot:
        text, response = encode(ballot), ballot.contests[0].proofs[0][0].response
        return decode(Ballot, text.replace(response.encode(), b"A" * len(response), 1))

    first, *rest = toy.accounting.sets
    more = replace(toy.accounting, sets=(replace(first, votes=first.votes + 1), *rest))
    renamed = {("public/log/000001.jsonl" if path == LOG else path): data for path, data in files.items()}
    spaced = {**files, SHARES: files[SHARES].replace(b",", b", ", 1)}
    twice = {**files, LOG: files[LOG].replace(b'{"digest"', b'{"digest":"","digest"', 1)}
    swapped = {**files, CHECKPOINTS: encode(tuple(reversed(toy.evidence.log.checkpoints)))}
    orders = {**files, "public/orders.json": encode(tuple(reversed(_orders(toy))))}
    relabelled = record_of(replace(toy, accounting=replace(toy.accounting, fingerprint="ef" * 32)))
    newline = {**files, "public/result.json": files["public/result.json"] + b"\n"}
    rows = (
        ("F1", "file-missing", without("sworn/accounting.json"), (), "A file of the sworn part is missing"),
        ("F1", "exclusions-missing", without("public/exclusions.json"), (), "A file of the public part is missing"),
        ("F1", "file-extra", {**files, "public/remarks.txt": b"count again"}, (), "There is a file more"),
        ("F1", "shard-renamed", renamed, (), "The log's only shard has the second one's name"),
        ("F1", "white-space", spaced, (), "There is a space in a JSON file"),
        ("F1", "field-twice", twice, (), "A log entry has a field twice"),
        ("F1", "newline", newline, (), "A newline ends a JSON file"),
        ("F1", "no-last-newline", {**files, LOG: files[LOG][:-1]}, (), "The last line of a JSON Lines file has no newline"),
        ("F1", "ballots-out-of-order", with_lines(files, BALLOTS, lambda v: [*v[1:], v[0]]), (), "The published ballots are not in the order of their digests"),
        ("F1", "ballot-twice", with_lines(files, BALLOTS, lambda v: [v[0], *v]), (), "A published ballot stands there twice"),
        ("F1", "checkpoints-out-of-order", swapped, (), "The checkpoints are in falling order of size"),
        ("F1", "orders-out-of-order", orders, (), "final's order stands before close's"),
        ("F1", "totals-do-not-add-up", with_document(files, "public/accounting.json", more), ("B6",), "The accounting says that one vote more was accepted"),
        ("F1", "accounting-of-another-election", relabelled, (), "The accounting names another fingerprint"),
    )  # fmt: skip
    found = [Tampered(check, name, "toy", made, title, FEW, also) for check, name, made, also, title in rows]
    disordered = with_lines(record_of(small), VOTES, lambda votes: votes[::-1])
    found.append(Tampered("F1", "votes-out-of-order", "toy-small", disordered, "The votes are not in log order", FEW))
    for check, name, made, title in (
        ("B6", "published-pseudonym", ballots(lambda b: replace(b, pseudonym="99" * 32)), "A published ballot has another pseudonym: in public its proof fails"),
        ("B6", "published-response-zero", ballots(poisoned), "A published ballot has a response 0: in public C10 fails"),
    ):  # fmt: skip
        found.append(Tampered(check, name, "toy", made, title, FEW))
    return found


def _orders(dossier: Dossier) -> tuple[object, ...]:
    return tuple(act for act in dossier.evidence.acts if act.body.format == "valik/v1/order")
