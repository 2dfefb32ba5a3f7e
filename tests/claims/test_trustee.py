"""D2 and D3: a trustee answers for one final tree, ever; fewer than the threshold open nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from common.checks.catalogue import COMPLETE
from common.crypto.systems import SYSTEMS
from common.encoding.octets import from_base64url
from common.errors import CheckFailed, CryptoError, MalformedMessage, Party, ServiceRefused, SetupError
from common.messages.manifest import ceremony_id
from common.messages.result import SignedAnswer, rehearsal_context, tally_context
from common.tally.evidence import Evidence
from tallier.ceremony import deal_key, finish_ceremony
from tallier.process import combine
from tallier.sealing import seal_share
from tallier.trustee import TrusteeService
from tallier.trustee_state import FileState, MemoryState, StateStore, TrusteeState
from tests.claims import cases_box, cases_log, cases_tally
from tests.claims.attack_tools import act_entry
from tests.claims.bases import Bases
from tests.claims.dossier import Dossier, combined


class PowerCut(Exception):
    """The machine stops here."""


class FailingState:
    """A trustee's memory whose machine loses power at the `fail_at`th save, before or after the disk has it."""

    def __init__(self, kept: StateStore, fail_at: int, *, written: bool) -> None:
        self.kept = kept
        self.saved: list[TrusteeState] = []
        self._fail_at = fail_at
        self._written = written

    def load(self) -> TrusteeState:
        return self.kept.load()

    def save(self, state: TrusteeState) -> None:
        self.saved.append(state)
        fails = len(self.saved) == self._fail_at
        if self._written or not fails:
            self.kept.save(state)
        if fails:
            raise PowerCut


def at_the_ceremonys_end(dossier: Dossier, number: int) -> TrusteeState:
    return replace(dossier.world.trustees[number - 1]._store.load(), final_root=None, answer=None)


def service(dossier: Dossier, store: StateStore, number: int = 1) -> TrusteeService:
    """Trustee `number`, started on this memory."""
    old = dossier.world.trustees[number - 1]
    return TrusteeService(old._name, old._keys, store, old._authority_key, old._parameters, SYSTEMS, COMPLETE)


def on_file(dossier: Dossier, folder: Path) -> FileState:
    store = FileState(folder / "trustee.json")
    store.save(at_the_ceremonys_end(dossier, 1))
    return store


def ask(trustee: TrusteeService, dossier: Dossier) -> SignedAnswer:
    return trustee.answer(dossier.manifest, dossier.key_proof, dossier.evidence, dossier.aggregates)


@pytest.fixture
def dossier(bases: Bases) -> Dossier:
    return bases.dossier


@pytest.fixture(scope="session")
def another_tree(bases: Bases) -> Dossier:
    """A second final tree of the same election, well-formed and well witnessed, that lacks the last vote.

    No honest authority and witnesses would sign both; here they did.
    """
    first, world = bases.dossier, bases.dossier.world
    lines = cases_log.lines(first)
    del lines[cases_log.LAST_VOTE]
    close, final = (
        world.authority.order(world.election, kind, index - 1)
        for kind, index in (("close", cases_log.CLOSE), ("final", cases_log.FINAL))
    )
    for index, order in ((cases_log.CLOSE - 1, close), (cases_log.FINAL - 1, final)):
        entry = act_entry(order, lines[index].entry.kind)
        lines[index] = replace(lines[index], entry=entry)
    others = [act for act in first.evidence.acts if act.body.format != "valik/v1/order"]
    evidence = cases_log.with_log(first, lines, [close, *others, final])
    return first.retallied(replace(evidence, votes=first.evidence.votes[:-1]))


# --- one final tree


def test_trustee_answers_for_either_tree_if_it_comes_first(dossier: Dossier, another_tree: Dossier) -> None:
    for each in (dossier, another_tree):
        combined(replace(each, answers=(ask(each.trustee(1, COMPLETE), each), each.answers[1])), COMPLETE)


def test_trustee_answers_for_no_second_tree(dossier: Dossier, another_tree: Dossier) -> None:
    trustee = dossier.trustee(1, COMPLETE)
    ask(trustee, dossier)
    with pytest.raises(ServiceRefused, match="another final tree"):
        ask(trustee, another_tree)


def test_trustee_answers_for_no_second_tree_after_a_restart(
    dossier: Dossier, another_tree: Dossier, tmp_path: Path
) -> None:
    ask(service(dossier, on_file(dossier, tmp_path)), dossier)
    with pytest.raises(ServiceRefused, match="another final tree"):
        ask(service(dossier, FileState(tmp_path / "trustee.json")), another_tree)


def test_trustee_gives_the_same_answer_again(dossier: Dossier, tmp_path: Path) -> None:
    first = ask(service(dossier, on_file(dossier, tmp_path)), dossier)
    assert ask(service(dossier, FileState(tmp_path / "trustee.json")), dossier) == first


def test_damaged_memory_is_no_fresh_start(dossier: Dossier, tmp_path: Path) -> None:
    on_file(dossier, tmp_path)
    path = tmp_path / "trustee.json"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(MalformedMessage):
        ask(service(dossier, FileState(path)), dossier)


# --- on disk before a share leaves


def test_tree_is_on_disk_before_a_share_exists(dossier: Dossier) -> None:
    """Whoever stops the machine at the first save gets no share; the memory names the tree already, or nothing."""
    kept = MemoryState()
    kept.save(at_the_ceremonys_end(dossier, 1))
    failing = FailingState(kept, 1, written=True)
    with pytest.raises(PowerCut):
        ask(service(dossier, failing), dossier)
    assert [state.answer for state in failing.saved] == [None]
    assert kept.load().final_root == dossier.aggregates.final_root


@pytest.mark.parametrize("written", [True, False])
@pytest.mark.parametrize("save", [1, 2])
def test_power_cut_leaves_one_tree_at_most(dossier: Dossier, another_tree: Dossier, save: int, written: bool) -> None:
    """Only if nothing reached the disk, and so no share the world, is the other tree still open to the trustee."""
    kept = MemoryState()
    kept.save(at_the_ceremonys_end(dossier, 1))
    with pytest.raises(PowerCut):
        ask(service(dossier, FailingState(kept, save, written=written)), dossier)
    if save == 1 and not written:
        ask(service(dossier, kept), another_tree)
        return
    with pytest.raises(ServiceRefused):
        ask(service(dossier, kept), another_tree)
    combined(replace(dossier, answers=(ask(service(dossier, kept), dossier), dossier.answers[1])), COMPLETE)


def test_rehearsal_is_kept_before_it_leaves(dossier: Dossier) -> None:
    kept = MemoryState()
    kept.save(replace(at_the_ceremonys_end(dossier, 1), rehearsal=None))
    with pytest.raises(PowerCut):
        service(dossier, FailingState(kept, 1, written=True)).rehearse()
    assert kept.load().rehearsal == service(dossier, kept).rehearse()


# --- what a trustee never does


def test_rehearsal_and_tally_are_separate(dossier: Dossier) -> None:
    """Having rehearsed binds to no tree, and a rehearsal share proves nothing at the tally, nor the other way."""
    key, material = dossier.world.election.key, dossier.world.election.manifest.key
    state = at_the_ceremonys_end(dossier, 1)
    assert state.rehearsal is not None
    assert state.final_root is None
    share, value = state.rehearsal[0], key.rehearsal_values()[0]
    ceremony = ceremony_id(material, state.trustees)
    key.verify_share(share, value, rehearsal_context(ceremony, 0))
    first = dossier.aggregates.aggregates[0]
    place = tally_context(
        dossier.world.election.fingerprint, dossier.aggregates.final_root, first.contest, first.unit, 0
    )
    for target, context in ((value, place), (first.ciphertexts[0], rehearsal_context(ceremony, 0))):
        with pytest.raises(CryptoError):
            key.verify_share(share, target, context)
    tallied = dossier.answers[0].answer.shares[0].shares[0]
    with pytest.raises(CryptoError):
        key.verify_share(tallied, first.ciphertexts[0], rehearsal_context(ceremony, 0))


def test_second_rehearsal_says_nothing_new(dossier: Dossier) -> None:
    trustee = dossier.trustee(1, COMPLETE)
    assert trustee.rehearse() == trustee.rehearse() == at_the_ceremonys_end(dossier, 1).rehearsal


def test_trustee_opens_nothing_but_its_own_aggregates(dossier: Dossier) -> None:
    """Whatever the processor claims, shares are for what the trustee itself computes: no arbitrary value."""
    claimed = cases_tally.single_ballot_as_an_aggregate(dossier)
    trustee = dossier.trustee(1, COMPLETE)
    with pytest.raises(CheckFailed) as caught:
        ask(trustee, claimed)
    assert (caught.value.check, caught.value.at_fault) == ("T1", Party.PROCESSOR)
    unguarded = ask(dossier.trustee(1, COMPLETE.without("T1")), claimed)
    combined(replace(dossier, answers=(unguarded, dossier.answers[1])), COMPLETE)


@pytest.mark.parametrize(
    ("check", "forge"),
    [
        ("B1", cases_box.vote_dropped),
        ("B3", cases_box.written_in(lambda scene: scene.raw(signed_at=scene.world.clock() - 7))),
        ("B5", cases_box.revocation_of_somebody_else),
        ("L6", cases_log.no_final),
        ("L4", cases_log.too_few_witnesses),
    ],
)
def test_refusal_binds_the_trustee_to_nothing(
    dossier: Dossier, check: str, forge: Callable[[Dossier], Evidence]
) -> None:
    """If any check fails it gives nothing; the good record is still answered afterwards."""
    trustee = dossier.trustee(1, COMPLETE)
    with pytest.raises(CheckFailed) as caught:
        ask(trustee, dossier.retallied(forge(dossier)))
    assert caught.value.check == check
    assert trustee._store.load() == at_the_ceremonys_end(dossier, 1)
    assert ask(trustee, dossier).answer.final_root == dossier.aggregates.final_root


def test_trustee_that_has_rehearsed_takes_no_other_share(dossier: Dossier) -> None:
    state = at_the_ceremonys_end(dossier, 1)
    trustee, material = dossier.trustee(1, COMPLETE), dossier.world.election.manifest.key
    key = from_base64url(trustee.identity().sealing_key)
    sealed = seal_share(state.secret or "", key, ceremony_id(material, state.trustees), 1)
    with pytest.raises(ServiceRefused, match="already holds a share, and has rehearsed with it"):
        trustee.receive_share(sealed, material, state.trustees)
    fresh = MemoryState()
    service(dossier, fresh).receive_share(sealed, material, state.trustees)
    assert fresh.load().secret == state.secret


def test_trustee_that_has_not_rehearsed_takes_the_share_of_a_later_dealing(dossier: Dossier) -> None:
    """The first dealing broke off before anything made with its share had left this trustee."""
    memory = MemoryState()
    trustee, everyone = service(dossier, memory), at_the_ceremonys_end(dossier, 1).trustees
    for _dealing in range(2):
        _, sealed = deal_key(SYSTEMS["toy-512"], 2, everyone)
        trustee.receive_share(from_base64url(sealed[0].sealed), sealed[0].material, everyone)
        assert memory.load().material == sealed[0].material
    trustee.rehearse()
    _, late = deal_key(SYSTEMS["toy-512"], 2, everyone)
    with pytest.raises(ServiceRefused, match="has rehearsed"):
        trustee.receive_share(from_base64url(late[0].sealed), late[0].material, everyone)
    assert memory.load().material == sealed[0].material


def test_trustee_that_has_not_rehearsed_answers_for_no_election(dossier: Dossier) -> None:
    """Its share may still be replaced, also while it looks at the evidence."""
    held = at_the_ceremonys_end(dossier, 1)
    memory = MemoryState()
    memory.save(replace(held, rehearsal=None))
    with pytest.raises(ServiceRefused, match="has not rehearsed"):
        ask(service(dossier, memory), dossier)
    assert memory.load() == replace(held, rehearsal=None)
    memory.save(held)
    ask(service(dossier, memory), dossier)


def test_ceremony_is_not_finished_without_every_rehearsal(dossier: Dossier) -> None:
    state = at_the_ceremonys_end(dossier, 1)
    public, sealed = deal_key(SYSTEMS["toy-512"], 2, state.trustees)
    given = []
    for number, delivery in enumerate(sealed, start=1):
        trustee = service(dossier, MemoryState(), number)
        trustee.receive_share(from_base64url(delivery.sealed), delivery.material, state.trustees)
        given.append(trustee.rehearse())
    assert finish_ceremony(SYSTEMS["toy-512"], public, given).material == public.material
    with pytest.raises(SetupError, match="2 rehearsals of 3 trustees"):
        finish_ceremony(SYSTEMS["toy-512"], public, given[:2])


def test_share_that_does_not_fit_replaces_none(dossier: Dossier) -> None:
    memory = MemoryState()
    trustee, everyone = service(dossier, memory), at_the_ceremonys_end(dossier, 1).trustees
    _, sealed = deal_key(SYSTEMS["toy-512"], 2, everyone)
    trustee.receive_share(from_base64url(sealed[0].sealed), sealed[0].material, everyone)
    before = memory.load()
    _, other = deal_key(SYSTEMS["toy-512"], 2, everyone)
    with pytest.raises(CryptoError):
        trustee.receive_share(from_base64url(other[0].sealed), sealed[0].material, everyone)
    assert memory.load() == before


@pytest.mark.parametrize("part", ["rehearsal", "final_root", "answer"])
def test_trustee_that_has_said_anything_takes_no_other_share(dossier: Dossier, part: str) -> None:
    memory = MemoryState()
    memory.save(at_the_ceremonys_end(dossier, 1))
    ask(service(dossier, memory), dossier)
    full = memory.load()
    memory.save(replace(full, **{name: None for name in ("rehearsal", "final_root", "answer") if name != part}))
    _, sealed = deal_key(SYSTEMS["toy-512"], 2, full.trustees)
    with pytest.raises(ServiceRefused, match="already holds a share"):
        service(dossier, memory).receive_share(from_base64url(sealed[0].sealed), sealed[0].material, full.trustees)


def test_trustee_refuses_anothers_share(dossier: Dossier) -> None:
    """Sealed to this trustee, but not what its verification key says."""
    other, material = at_the_ceremonys_end(dossier, 2), dossier.world.election.manifest.key
    key = from_base64url(dossier.world.trustees[0].identity().sealing_key)
    sealed = seal_share(other.secret or "", key, ceremony_id(material, other.trustees), 1)
    fresh = MemoryState()
    with pytest.raises(CryptoError, match="does not match"):
        service(dossier, fresh).receive_share(sealed, material, other.trustees)
    assert fresh.load().secret is None


# --- the threshold


def test_fewer_than_the_threshold_open_nothing(dossier: Dossier) -> None:
    election, aggregates = dossier.world.election, dossier.aggregates
    with pytest.raises(ServiceRefused, match="1 good answers where 2"):
        combine(election, aggregates, dossier.answers[:1], COMPLETE)
    with pytest.raises(ServiceRefused, match="1 good answers where 2"):
        combine(election, aggregates, (dossier.answers[0], cases_tally.lying_trustee(dossier).answers[0]), COMPLETE)


@pytest.mark.parametrize("present", [(1, 2), (1, 3), (2, 3)])
def test_any_threshold_of_trustees_gives_the_same_result(dossier: Dossier, present: tuple[int, ...]) -> None:
    answers = [ask(dossier.trustee(number, COMPLETE), dossier) for number in present]
    assert combine(dossier.world.election, dossier.aggregates, answers, COMPLETE).result == dossier.result


@pytest.mark.check("T3")
def test_lying_trustee_is_named_and_anothers_share_used(dossier: Dossier) -> None:
    liar, third = cases_tally.lying_trustee(dossier).answers[0], ask(dossier.trustee(3, COMPLETE), dossier)
    counted = combine(dossier.world.election, dossier.aggregates, [liar, dossier.answers[1], third], COMPLETE)
    assert [(f.check, f.at_fault, f.subject) for f in counted.refused] == [
        ("T3", Party.TRUSTEE, "shares of trustee 1")
    ]
    assert [signed.answer.trustee for signed in counted.used] == [2, 3]
    assert counted.result == dossier.result
