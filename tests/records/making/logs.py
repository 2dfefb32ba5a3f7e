"""L1 to L6: collector, witnesses and authority sign another log of `toy-small`; processor and trustees count it.

Entries there are: 1 and 2 votes, 3 close, 4 revocation, 5 final.
"""

# ruff: noqa: E501 – tables: one case a line

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from common.log.checkpoint import Checkpoint, read_checkpoint
from common.log.entries import EntryKind
from common.messages.acts import Signed
from common.tally.evidence import Evidence
from scenarios.swapping import swapped
from tests.claims import cases_log as logs
from tests.claims import cases_phases as phases
from tests.claims.attack_tools import Line, act_entry, checkpoint_note, lines_of
from tests.claims.dossier import Dossier
from tests.records.making.case import Tampered, record_of, recounted

Forgery = Callable[[Dossier], Evidence]
LAST_VOTE, CLOSE, FINAL = 2, 3, 5
COUNTED = ("collector", "witnesses", "processor", "trustees")
ORDERED = ("election authority", *COUNTED)


@contextmanager
def positions(last_vote: int, close: int, final: int) -> Iterator[None]:
    """The forgers of `tests/claims` look for these entries where this collection's elections have them."""
    found = [
        (module, name, value)
        for module in (logs, phases)
        for name, value in (("LAST_VOTE", last_vote), ("CLOSE", close), ("FINAL", final))
    ]
    with swapped(*found):
        yield


# --- logs that the claims do not have


def checkpoint_dropped(dossier: Dossier) -> Evidence:
    """Only the checkpoint of the whole tree is left, cosigned after the grace: the votes were seen too late."""
    late = phases.end(dossier) + dossier.world.election.manifest.times.grace + 1
    return logs.with_checkpoints(dossier, lambda notes: [_again(dossier, notes[-1], late)])


def _again(dossier: Dossier, note: str, time: int) -> str:
    return checkpoint_note(dossier.world, read_checkpoint(note)[1], time)


def entry_between(dossier: Dossier) -> Evidence:
    """The first vote's checkpoint names a tree with another first vote; log, witnesses and later ones go on as if not."""
    origin, opens = dossier.world.election.manifest.log.origin, dossier.world.election.opens
    fork = checkpoint_note(dossier.world, Checkpoint(origin, 2, b"\x02" * 32), opens + 60)
    return logs.with_checkpoints(dossier, lambda notes: [notes[0], fork, *notes[2:]])


def cosignature_of_another_time(dossier: Dossier) -> Evidence:
    """One witness's line says that it cosigned a second earlier than it signed."""

    def change(notes: list[str]) -> list[str]:
        note = read_checkpoint(notes[0])[0]
        line = note.signatures[1]
        early = (int.from_bytes(line.signature[:8], "big") - 1).to_bytes(8, "big")
        changed = replace(line, signature=early + line.signature[8:])
        return [replace(note, signatures=(note.signatures[0], changed, *note.signatures[2:])).text, *notes[1:]]

    return logs.with_checkpoints(dossier, change)


def _reordered(dossier: Dossier, changed: list[Line], *more: Signed) -> Evidence:
    """`final` ordered anew for where it stands now."""
    authority, election = dossier.world.authority, dossier.world.election
    final = authority.order(election, "final", len(changed) - 1)
    changed[-1] = replace(changed[-1], entry=act_entry(final, EntryKind.FINAL))
    logged = {line.entry.digest: index for index, line in enumerate(changed)}
    acts = [act for act in (*dossier.evidence.acts, *more, final) if _digest(act) in logged]
    return logs.with_log(dossier, changed, sorted(acts, key=lambda act: logged[_digest(act)]))


def _digest(act: Signed) -> str:
    return act_entry(act, EntryKind.CLOSE).digest


def no_close(dossier: Dossier) -> Evidence:
    changed = logs.lines(dossier)
    del changed[CLOSE]
    return _reordered(dossier, changed)


def opened_again(dossier: Dossier) -> Evidence:
    changed = logs.lines(dossier)
    changed.insert(1, changed[0])
    authority, election = dossier.world.authority, dossier.world.election
    close = authority.order(election, "close", CLOSE + 1)
    changed[CLOSE + 1] = replace(changed[CLOSE + 1], entry=act_entry(close, EntryKind.CLOSE))
    return _reordered(dossier, changed, close)


def final_before_the_revocation(dossier: Dossier) -> Evidence:
    """The list of paper voters is logged after `final`."""
    changed = logs.lines(dossier)
    changed[4], changed[5] = changed[5], changed[4]
    order = dossier.world.authority.order(dossier.world.election, "final", 4)
    return logs.with_order(dossier, changed, FINAL, order)


def abandoned(dossier: Dossier) -> Evidence:
    return phases.abandoned(dossier, after=FINAL)


def same_entries_cosigned_anew(dossier: Dossier) -> Evidence:
    return logs.with_log(dossier, lines_of(dossier.world.election, dossier.evidence.log))


def oldest_left_out(dossier: Dossier) -> Evidence:
    """A record holds those that were given out; entries count as covered by the later ones."""
    return logs.with_checkpoints(dossier, lambda notes: notes[1:])


_L5 = ("L5",)
_LATE = ("L5", "C2", "B3")
_TABLE: tuple[tuple[str, str, Forgery, tuple[str, ...], tuple[str, ...], str], ...] = (
    ("L1", "final-unseen", logs.final_that_no_witness_saw, COUNTED, _L5, "No recorded checkpoint covers the last entry, final"),
    ("L1", "revocation-exchanged", logs.revocation_that_was_never_logged, ("election authority", "processor", "trustees"), ("L2",), "A logged revocation is exchanged for another signed one; the checkpoints are those of the true log"),
    ("L2", "split-view", logs.split_view, COUNTED, (), "One more checkpoint, signed and cosigned, of another tree of the same size as a recorded one"),
    ("L2", "rolled-back", logs.rolled_back, COUNTED, ("L1",), "One more checkpoint, signed and cosigned, of a tree larger than the log"),
    ("L2", "fork-in-place", entry_between, COUNTED, (), "The checkpoint after the first vote is of another tree, signed and cosigned"),
    ("L3", "another-key", logs.not_signed_by_the_log, ("collector",), _L5, "The first checkpoint's log signature is made with a key that is not the manifest's"),
    ("L3", "missing", logs.log_signature_missing, ("collector",), _L5, "The first checkpoint has the witnesses' lines only"),
    ("L3", "twice", logs.log_signs_twice, ("collector",), _L5, "The first checkpoint has the log's line twice"),
    ("L4", "too-few", logs.too_few_witnesses, ("collector",), _L5, "The first checkpoint has one witness's line; two are due"),
    ("L4", "one-witness-twice", logs.one_witness_twice, ("collector", "witnesses"), _L5, "The first checkpoint has two lines, both of the same witness"),
    ("L4", "unknown-witness", logs.unknown_witness, ("collector",), _L5, "The first checkpoint has, besides a quorum, a line of somebody unknown"),
    ("L4", "another-time", cosignature_of_another_time, ("collector",), _L5, "In one witness's line of the first checkpoint the time is a second earlier than the one signed"),
    ("L5", "vote-after-grace", logs.vote_after_grace, COUNTED, ("C2", "B3"), "The last vote and all that follows are cosigned one second after the grace"),
    ("L5", "votes-seen-at-the-end-only", checkpoint_dropped, COUNTED, ("C2", "B3"), "The one recorded checkpoint covers all, one second after the grace"),
    ("L5", "closed-early", logs.closed_early, COUNTED, (), "close is covered skew + 1 seconds before the end of voting"),
    ("L5", "extension-too-late", phases.extension_after_the_end, ORDERED, ("C2", "B3"), "An extension that was covered after the end it extends, and a vote that needs it"),
    ("L5", "extension-after-its-vote", phases.vote_before_its_extension, ORDERED, ("C2", "B3"), "The extension is logged after the late vote that needs it"),
    ("L5", "closed-before-extended-end", phases.closed_before_the_extended_end, ORDERED, (), "Voting was extended by an hour; close is covered skew + 1 seconds before"),
    ("L6", "no-final", logs.no_final, ("collector", "witnesses"), (), "The log ends after the revocation"),
    ("L6", "two-finals", logs.two_finals, ORDERED, (), "After final stands a second final, well ordered by the authority"),
    ("L6", "vote-after-close", logs.vote_after_close, ORDERED, (), "The last vote is logged after close"),
    ("L6", "other-tree-size", logs.order_for_another_tree_size, ORDERED, (), "The order to close names a tree without the last vote"),
    ("L6", "order-of-somebody-else", logs.order_of_somebody_else, COUNTED, (), "The order for final is signed with a key that is not the authority's"),
    ("L6", "opened-for-another-election", logs.opened_for_another_election, COUNTED, (), "The log opens with another fingerprint"),
    ("L6", "order-not-logged", logs.order_that_was_not_logged, ("election authority", "processor"), ("F1",), "The record holds a second, signed order to close, that the log does not hold"),
    ("L6", "no-close", no_close, ORDERED, (), "There is no entry close"),
    ("L6", "opened-again", opened_again, ORDERED, (), "Two entries open"),
    ("L6", "revocation-after-final", final_before_the_revocation, ORDERED, (), "The revocation stands after final"),
    ("L6", "extension-backwards", phases.extension_to_an_earlier_end, ORDERED, (), "An extension that names an earlier end than the manifest"),
    ("L6", "extension-taken-back", phases.second_extension_takes_the_first_back, ORDERED, (), "A second extension names an earlier end than the first"),
    ("L6", "extension-over-a-week", phases.extension_of_more_than_a_week, ORDERED, (), "An extension by a week and a second"),
    ("L6", "extension-of-somebody-else", phases.extension_of_somebody_else, COUNTED, (), "An extension signed with a key that is not the authority's"),
    ("L6", "extension-of-another-election", phases.extension_of_another_election, ORDERED, (), "An extension that names another election's fingerprint"),
    ("L6", "extension-after-close", phases.extension_after_close, ORDERED, (), "An extension after close"),
    ("L6", "abandoned", abandoned, ORDERED, (), "The election was abandoned, in order, before final, and is counted all the same"),
)  # fmt: skip
_AUTHORITY = {"abandoned", "two-finals"}


def cases(small: Dossier) -> list[Tampered]:
    with positions(LAST_VOTE, CLOSE, FINAL):
        found = [_case(small, *line) for line in _TABLE]
        good = [
            ("extended", phases.extended(small), "Voting was extended by an hour, and the last vote came in it"),
            ("cosigned-anew", same_entries_cosigned_anew(small), "The same entries, cosigned anew"),
            ("fewer-checkpoints", oldest_left_out(small), "The oldest checkpoint is left out"),
        ]
    made = [
        Tampered(None, name, "toy-small", record_of(recounted(small, forged)), title, ())
        for name, forged, title in good
    ]
    return [*found, *made]


def _case(
    small: Dossier, check: str, name: str, forge: Forgery, by: tuple[str, ...], also: tuple[str, ...], title: str
) -> Tampered:
    at_fault = "election authority" if check == "L6" and name in _AUTHORITY else None
    files = record_of(recounted(small, forge(small)))
    return Tampered(check, name, "toy-small", files, title, by, also, at_fault)
