"""What a hostile collector does to log and box, alone or with bribed witnesses. Each must be named as its own.

A deviation makes other evidence of honest evidence, or None where there is nothing to do it to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from common.log.entries import Entry, EntryKind
from common.messages.acts import signed_digest
from common.messages.message import encode
from common.messages.vote import RecordedVote
from common.tally.evidence import Evidence
from scenarios.keyring import Keyring
from scenarios.villains import Forger, forger, lines_of, vote_entry
from scenarios.world import World


@dataclass(frozen=True, slots=True)
class Case:
    """`stray` is a vote that the log does not hold, signed by another's card. `pick(n)` is below n."""

    world: World
    keyring: Keyring
    evidence: Evidence
    stray: RecordedVote
    pick: Callable[[int], int]

    @property
    def positions(self) -> list[int]:
        """Log indices of the votes."""
        return list(self.evidence.log.positions("vote"))

    def with_votes(self, *votes: RecordedVote) -> Evidence:
        return replace(self.evidence, votes=votes)

    def with_entries(self, entries: Sequence[Entry]) -> Evidence:
        """Other entries under the same checkpoints: the witnesses are honest."""
        return replace(self.evidence, log=replace(self.evidence.log, entries=tuple(entries)))

    def lines(self) -> list[tuple[Entry, int]]:
        return lines_of(self.world.election, self.evidence.log)

    def rewritten(self, lines: Sequence[tuple[Entry, int]], votes: Sequence[RecordedVote]) -> Evidence:
        """The log anew, signed by bribed witnesses."""
        made = replace(self.evidence, votes=tuple(votes))
        return written_anew(self.world, made, lines, forger(self.world.election, self.keyring))


def written_anew(world: World, evidence: Evidence, lines: Sequence[tuple[Entry, int]], writer: Forger) -> Evidence:
    """A log of these entries. The authority's part is innocent: it orders `close` and `final` at sizes it sees."""
    acts = [act for act in evidence.acts if act.body.format != "valik/v1/order"]
    found: list[tuple[Entry, int]] = []
    for entry, time in lines:
        if entry.kind in (EntryKind.CLOSE, EntryKind.FINAL):
            acts.append(world.authority.order(world.election, str(entry.kind), len(found)))
            found.append((Entry(entry.kind, signed_digest(acts[-1])), time))
        else:
            found.append((entry, time))
    return replace(evidence, log=writer.log(found), acts=tuple(acts))


Deviation: TypeAlias = Callable[[Case], Evidence | None]


def drop_a_vote_from_the_box(case: Case) -> Evidence | None:
    votes = list(case.evidence.votes)
    if not votes:
        return None
    votes.pop(case.pick(len(votes)))
    return case.with_votes(*votes)


def withhold_an_entry(case: Case) -> Evidence | None:
    entries, votes = list(case.evidence.log.entries), list(case.evidence.votes)
    if not votes:
        return None
    entry = vote_entry(votes.pop(case.pick(len(votes))))
    entries.remove(entry)
    return replace(case.with_entries(entries), votes=tuple(votes))


def swap_two_entries(case: Case) -> Evidence | None:
    entries, positions = list(case.evidence.log.entries), case.positions
    if len(positions) < 2:
        return None
    first, second = positions[0], positions[1 + case.pick(len(positions) - 1)]
    entries[first], entries[second] = entries[second], entries[first]
    return case.with_entries(entries)


def put_a_vote_into_the_box_alone(case: Case) -> Evidence:
    return case.with_votes(*case.evidence.votes, case.stray)


def put_a_vote_into_the_box_twice(case: Case) -> Evidence | None:
    votes = case.evidence.votes
    return case.with_votes(*votes, votes[case.pick(len(votes))]) if votes else None


def log_a_vote_that_no_witness_saw(case: Case) -> Evidence:
    grown = case.with_entries([*case.evidence.log.entries, vote_entry(case.stray)])
    return replace(grown, votes=(*case.evidence.votes, case.stray))


def leave_out_the_cosignatures(case: Case) -> Evidence:
    """The note keeps its text and the log's own signature."""
    *older, newest = case.evidence.log.checkpoints
    text, lines = newest.split("\n\n")
    alone = text + "\n\n" + lines.splitlines()[0] + "\n"
    return replace(case.evidence, log=replace(case.evidence.log, checkpoints=(*older, alone)))


def stuff_with_bribed_witnesses(case: Case) -> Evidence:
    """A vote for somebody whose card never signed it."""
    lines, votes = case.lines(), (*case.evidence.votes, case.stray)
    last = max(case.positions, default=0)
    made = vote_entry(case.stray), lines[last][1]
    return case.rewritten([*lines[: last + 1], made, *lines[last + 1 :]], votes)


def reorder_re_votes_with_bribed_witnesses(case: Case) -> Evidence | None:
    """The last two votes of somebody, the wrong way round."""
    lines, chains = case.lines(), _chains(case)
    pairs = [chain[-2:] for chain in chains if len(chain) > 1]
    if not pairs:
        return None
    first, second = pairs[case.pick(len(pairs))]
    lines[first], lines[second] = (lines[second][0], lines[first][1]), (lines[first][0], lines[second][1])
    return case.rewritten(lines, case.evidence.votes)


def log_a_vote_hours_later_with_bribed_witnesses(case: Case) -> Evidence | None:
    positions = case.positions
    if not positions:
        return None
    held = positions[case.pick(len(positions))]
    lines = [(entry, time + 7_200 * (index >= held)) for index, (entry, time) in enumerate(case.lines())]
    return case.rewritten(lines, case.evidence.votes)


def swap_ocsp_responses_with_bribed_witnesses(case: Case) -> Evidence | None:
    votes = list(case.evidence.votes)
    if len(votes) < 2:
        return None
    at = 1 + case.pick(len(votes) - 1)
    first, other = votes[0], votes[at]
    votes[0], votes[at] = replace(first, ocsp=other.ocsp), replace(other, ocsp=first.ocsp)
    anew = {encode(vote_entry(old)): vote_entry(new) for old, new in zip(case.evidence.votes, votes, strict=True)}
    return case.rewritten([(anew.get(encode(entry), entry), time) for entry, time in case.lines()], votes)


def open_the_log_twice_with_bribed_witnesses(case: Case) -> Evidence:
    lines = case.lines()
    return case.rewritten(
        [*lines[:1], (Entry(EntryKind.OPEN, "0" * 64), lines[0][1]), *lines[1:]], case.evidence.votes
    )


def _chains(case: Case) -> list[list[int]]:
    """Log indices of each voter's votes."""
    index_of = {case.evidence.log.entries[index].digest: index for index in case.positions}
    chains: dict[str, list[int]] = {}
    for digest, candidate in case.evidence.candidates_by_digest().items():
        chains.setdefault(candidate.statement.voter, []).append(index_of[digest])
    return [sorted(chain) for chain in chains.values()]


BY_THE_COLLECTOR: Mapping[str, Deviation] = {
    made.__name__: made
    for made in (
        drop_a_vote_from_the_box,
        withhold_an_entry,
        swap_two_entries,
        put_a_vote_into_the_box_alone,
        put_a_vote_into_the_box_twice,
        log_a_vote_that_no_witness_saw,
        leave_out_the_cosignatures,
        stuff_with_bribed_witnesses,
        reorder_re_votes_with_bribed_witnesses,
        log_a_vote_hours_later_with_bribed_witnesses,
        swap_ocsp_responses_with_bribed_witnesses,
        open_the_log_twice_with_bribed_witnesses,
    )
}
