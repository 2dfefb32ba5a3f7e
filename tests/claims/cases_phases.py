"""L5 and L6 again: when voting ends, who may move that, and that an abandoned election is never counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.encoding.times import to_rfc3339
from common.errors import Party
from common.log.entries import EntryKind
from common.messages.acts import Abandonment, Extension, Order, Signed, sign_document
from common.tally.evidence import Evidence
from tests.claims.attack_tools import Line, act_entry
from tests.claims.case import AuditCase, Case, Claim
from tests.claims.cases_log import (
    CLOSE,
    FINAL,
    LAST_VOTE,
    asking_a_trustee,
    everywhere,
    inspecting,
    lines,
    recorded,
    retallied,
    with_log,
)
from tests.claims.dossier import Dossier

HOUR, WEEK = 3_600, 604_800


def end(dossier: Dossier) -> int:
    """The manifest's end of voting."""
    return dossier.world.election.closes


def extension(dossier: Dossier, closes: int) -> Signed:
    return dossier.world.authority.extend(dossier.world.election, to_rfc3339(closes), "the service was down")


def extended(
    dossier: Dossier,
    signed: Sequence[Signed] | None = None,
    *,
    logged: int = -15,
    voted: int = 310,
    closed: int = HOUR,
) -> Evidence:
    """The dossier's log with extensions before its last vote; times are seconds after the manifest's end of voting.

    By default one by an hour, and the last vote is covered so late that without it the vote would be too late.
    """
    acts = [extension(dossier, end(dossier) + HOUR)] if signed is None else list(signed)
    old, more = lines(dossier), len(acts)
    moved = [Line(act_entry(act, EntryKind.EXTENSION), end(dossier) + logged) for act in acts]
    vote = replace(old[LAST_VOTE], time=end(dossier) + max(voted, logged))
    tail = [replace(line, time=max(vote.time, end(dossier) + closed)) for line in old[CLOSE:]]
    return reordered(dossier, [*old[:LAST_VOTE], *moved, vote, *tail], CLOSE + more, FINAL + more, acts)


def reordered(dossier: Dossier, changed: list[Line], close: int, final: int, more: Sequence[Signed] = ()) -> Evidence:
    """Evidence with these lines, `close` and `final` ordered anew for where they stand now."""
    authority, election = dossier.world.authority, dossier.world.election
    orders = {close: authority.order(election, "close", close), final: authority.order(election, "final", final)}
    for index, order in orders.items():
        changed[index] = replace(changed[index], entry=act_entry(order, changed[index].entry.kind))
    others = [act for act in dossier.evidence.acts if not isinstance(act.body, Order)]
    logged = {line.entry.digest: index for index, line in enumerate(changed)}
    acts = [*others, *more, *orders.values()]
    return with_log(dossier, changed, sorted(acts, key=lambda act: logged[act_entry(act, EntryKind.VOTE).digest]))


def abandoned(dossier: Dossier, signed: Signed | None = None, *, after: int = FINAL) -> Evidence:
    """The log abandoned in place of its entry `after`; what came later is not logged."""
    act = signed or dossier.world.authority.abandon(dossier.world.election, after, "the key is lost")
    kept = lines(dossier)[:after]
    entries = {line.entry.digest for line in kept}
    acts = [act for act in dossier.evidence.acts if act_entry(act, EntryKind.VOTE).digest in entries]
    return with_log(dossier, [*kept, Line(act_entry(act, EntryKind.ABANDONMENT), kept[-1].time)], [*acts, act])


# --- L5: extensions move the end of voting, if they come in time


def extension_after_the_end(dossier: Dossier) -> Evidence:
    """Collector and authority want to open voting again, when they know how it stands."""
    return extended(dossier, logged=301)


def vote_after_the_extended_end(dossier: Dossier) -> Evidence:
    return extended(dossier, [extension(dossier, end(dossier) + 5)], voted=306)


def vote_before_its_extension(dossier: Dossier) -> Evidence:
    """The extension stands after the vote that it should save; both were seen at once, too late."""
    act = extension(dossier, end(dossier) + HOUR)
    changed = lines(dossier)
    changed[LAST_VOTE] = replace(changed[LAST_VOTE], time=end(dossier) + 310)
    changed.insert(CLOSE, Line(act_entry(act, EntryKind.EXTENSION), end(dossier) + 310))
    changed[CLOSE + 1 :] = [replace(line, time=end(dossier) + HOUR) for line in changed[CLOSE + 1 :]]
    return reordered(dossier, changed, CLOSE + 1, FINAL + 1, [act])


def closed_before_the_extended_end(dossier: Dossier) -> Evidence:
    return extended(dossier, closed=HOUR - 31)


# --- L6: which extensions there may be


def extension_to_an_earlier_end(dossier: Dossier) -> Evidence:
    return extended(dossier, [extension(dossier, end(dossier) - 10)], voted=-10)


def second_extension_takes_the_first_back(dossier: Dossier) -> Evidence:
    return extended(dossier, [extension(dossier, end(dossier) + later) for later in (HOUR, 600)])


def extension_of_more_than_a_week(dossier: Dossier) -> Evidence:
    return extended(dossier, [extension(dossier, end(dossier) + WEEK + 1)], closed=WEEK + 1)


def extension_of_somebody_else(dossier: Dossier) -> Evidence:
    body = extension(dossier, end(dossier) + HOUR).body
    return extended(dossier, [sign_document(body, Ed25519PrivateKey.generate())])


def extension_of_another_election(dossier: Dossier) -> Evidence:
    body = Extension("valik/v1/extension", "cd" * 32, to_rfc3339(end(dossier) + HOUR), "not here")
    return extended(dossier, [dossier.world.authority.sign(body)])


def extension_that_was_not_logged(dossier: Dossier) -> Evidence:
    acts = (*dossier.evidence.acts, extension(dossier, end(dossier) + HOUR))
    return replace(dossier.evidence, acts=acts)


def extension_after_close(dossier: Dossier) -> Evidence:
    act, changed = extension(dossier, end(dossier) + HOUR), lines(dossier)
    changed.insert(CLOSE + 1, Line(act_entry(act, EntryKind.EXTENSION), changed[CLOSE].time))
    return reordered(dossier, changed, CLOSE, FINAL + 1, [act])


# --- L6: abandonment


def abandoned_in_place_of_final(dossier: Dossier) -> Evidence:
    return abandoned(dossier)


def abandoned_while_voting(dossier: Dossier) -> Evidence:
    return abandoned(dossier, after=CLOSE)


def abandoned_and_counted_all_the_same(dossier: Dossier) -> Evidence:
    act = dossier.world.authority.abandon(dossier.world.election, FINAL, "the key is lost")
    changed = lines(dossier)
    changed.insert(FINAL, Line(act_entry(act, EntryKind.ABANDONMENT), changed[FINAL].time))
    return reordered(dossier, changed, CLOSE, FINAL + 1, [act])


def abandoned_and_voted_on(dossier: Dossier) -> Evidence:
    act = dossier.world.authority.abandon(dossier.world.election, LAST_VOTE, "the key is lost")
    changed = lines(dossier)
    changed.insert(LAST_VOTE, Line(act_entry(act, EntryKind.ABANDONMENT), changed[LAST_VOTE].time))
    return reordered(dossier, changed, CLOSE + 1, FINAL + 1, [act])


def abandoned_by_somebody_else(dossier: Dossier) -> Evidence:
    body = Abandonment("valik/v1/abandonment", dossier.world.election.fingerprint, FINAL, "too many votes")
    return abandoned(dossier, sign_document(body, Ed25519PrivateKey.generate()))


def abandoned_at_another_size(dossier: Dossier) -> Evidence:
    return abandoned(dossier, dossier.world.authority.abandon(dossier.world.election, FINAL - 1, "the key is lost"))


CASES: tuple[Claim, ...] = (
    *everywhere("L5", extension_after_the_end, "B3", also=("C2", "B3")),
    *recorded("L5", vote_after_the_extended_end, "B3", also=("C2", "B3")),
    *recorded("L5", vote_before_its_extension, "B3", also=("C2", "B3")),
    *recorded("L5", closed_before_the_extended_end),
    *everywhere("L6", extension_to_an_earlier_end),
    *recorded("L6", second_extension_takes_the_first_back),
    *recorded("L6", extension_of_more_than_a_week),
    *everywhere("L6", extension_of_somebody_else),
    *recorded("L6", extension_of_another_election),
    *recorded("L6", extension_that_was_not_logged, also=("F1",)),
    *recorded("L6", extension_after_close),
    *(
        Case("L6", mutate, entry, then, at_fault=Party.AUTHORITY)
        for mutate, entry, then in (
            (abandoned_in_place_of_final, inspecting, None),
            (retallied(abandoned_in_place_of_final), asking_a_trustee, None),
            (abandoned_while_voting, inspecting, "B3"),
        )
    ),
    AuditCase("L6", retallied(abandoned_in_place_of_final), stalled="T1", at_fault=Party.AUTHORITY),
    *recorded("L6", abandoned_and_counted_all_the_same),
    *recorded("L6", abandoned_and_voted_on),
    *recorded("L6", abandoned_by_somebody_else, stalled="T1"),
    *recorded("L6", abandoned_at_another_size, stalled="T1"),
)
