"""Whole elections, honest and hostile steps mixed: what has a receipt counts as a plain dictionary says.

After every step: nothing with a receipt is lost, one vote of each voter counts, every logged vote is in one set of
the accounting, and whoever deviates is named, nobody else. At the end the announced result is the dictionary's.

`pytest tests/properties/test_election_machine.py --hypothesis-profile=long` plays hundreds of longer elections,
others every time.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from common.checks.catalogue import COMPLETE
from common.crypto.contest import Choice
from common.errors import CheckFailed, Party, ServiceRefused
from common.log.merkle import verify_inclusion
from common.log.witnessed import open_checkpoint
from common.messages.receipt import sign_latest
from common.messages.roll import RollChange, RollEntry
from common.ports import Lapsed
from scenarios.villains import forger, lines_of, lying, secret_ballot
from tests.properties.ballot_box import Crash
from tests.properties.deviations import BY_THE_COLLECTOR
from tests.properties.election_ending import Ending
from tests.properties.election_machine import OPTIONS
from tests.properties.election_model import UNITS, Cast
from voter_client.journal import CastVote

VOTERS = st.integers(0, 4)
WHICH = st.integers(0, 10**6)
CHOICES = st.sampled_from(OPTIONS)
CRASHES = (
    "before commit",
    "after commit",
    "before checkpoint",
    "before cosigned",
    "after cosigned",
    "before receipt",
)
voting_is_open = precondition(lambda self: not self.model.closed)


class WholeElection(Ending, RuleBasedStateMachine):
    def __init__(self) -> None:
        RuleBasedStateMachine.__init__(self)
        Ending.__init__(self)
        self.on_paper = self.looked_at = 0

    @initialize(
        present=st.permutations([1, 2, 3]).flatmap(lambda order: st.integers(2, 3).map(lambda k: order[:k])),
        liar=st.sampled_from([None, 1, 2, 3]),
        deviations=st.lists(st.sampled_from(sorted(BY_THE_COLLECTOR)), min_size=2, max_size=2, unique=True),
        picks=WHICH,
    )
    def what_happens_at_the_end(
        self, present: list[int], liar: int | None, deviations: list[str], picks: int
    ) -> None:
        self.present, self.liar, self.deviations, self.picks = present, liar, deviations, picks

    # --- honest voters

    @rule(who=VOTERS, choice=CHOICES)
    def vote(self, who: int, choice: Choice) -> None:
        self.world.clock.now += 60
        self.post(self.signed(self.citizens[who], choice))

    @rule(who=VOTERS, choice=CHOICES)
    def vote_with_the_client(self, who: int, choice: Choice) -> None:
        citizen = self.citizens[who]
        if self.model.closed or citizen.card.voter_id not in self.model.roll:
            with pytest.raises((ServiceRefused, CheckFailed)):
                self.world.vote(citizen, {"board": choice})
            return
        vote = self.world.vote(citizen, {"board": choice})
        unit = self.model.roll[citizen.card.voter_id]
        cast = Cast(self.model.size, unit, choice, vote.signed_ballot, vote.receipt)
        self.model.take(citizen.card.voter_id, cast)

    @rule(who=VOTERS, choice=CHOICES)
    def sign_and_withhold(self, who: int, choice: Choice) -> None:
        self.held.append(self.signed(self.citizens[who], choice))

    @precondition(lambda self: self.held)
    @rule(which=WHICH)
    def post_what_was_withheld(self, which: int) -> None:
        self.post(self.held.pop(which % len(self.held)))

    @voting_is_open
    @rule(who=st.integers(0, 3), choice=CHOICES, other=CHOICES)
    def two_windows_in_the_wrong_order(self, who: int, choice: Choice, other: Choice) -> None:
        first, second = (self.signed(self.citizens[who], each) for each in (choice, other))
        self.post(second)
        self.post(first)

    @voting_is_open
    @rule(who=VOTERS, choice=CHOICES, later=st.booleans())
    def the_answer_is_lost(self, who: int, choice: Choice, later: bool) -> None:
        held = self.signed(self.citizens[who], choice)
        if self.verdict(held) is None:
            held.citizen.journal.open_numbers.add(held.statement.sequence)
            cast = self.logged(held)
            self.world.collector.cast(self.session(held.citizen), held.raw)
            if later:
                self.receive(held, cast)

    @voting_is_open
    @rule(who=VOTERS, choice=CHOICES)
    def the_witnesses_are_slow(self, who: int, choice: Choice) -> None:
        held = self.signed(self.citizens[who], choice)
        if self.verdict(held) is None:
            self.world.witness_clock.by = 1_000
            held.citizen.journal.open_numbers.add(held.statement.sequence)
            self.logged(held).late = True
            with pytest.raises(Lapsed):
                self.world.collector.cast(self.session(held.citizen), held.raw)
            self.world.witness_clock.by, self.world.clock.now = 0, self.world.clock.now + 1_000

    # --- hostile voters

    @precondition(lambda self: self.model.chains)
    @rule(which=WHICH, own=st.booleans())
    def replay_a_recorded_vote(self, which: int, own: bool) -> None:
        votes = list(self.model.votes())
        voter, cast = votes[which % len(votes)]
        citizen = next(c for c in self.citizens if (c.card.voter_id == voter) == own)
        session, leaves = self.session(citizen), self.store.leaves()
        if own and not cast.late:
            assert self.world.collector.cast(session, cast.raw) == self.stored_receipt(cast)
        else:
            with pytest.raises(ServiceRefused):
                self.world.collector.cast(session, cast.raw)
        assert self.store.leaves() == leaves

    @voting_is_open
    @rule(who=st.integers(0, 3), choice=CHOICES, sequence=st.integers(1, 4))
    def name_another_predecessor(self, who: int, choice: Choice, sequence: int) -> None:
        held = self.signed(self.citizens[who], choice, sequence=sequence, supersedes="ab" * 32)
        self.refused(held, "C9", "C7")

    @voting_is_open
    @rule(who=st.integers(0, 3), plaintext=st.sampled_from([2, 1000, -1]))
    def vote_more_than_once_in_one_ballot(self, who: int, plaintext: int) -> None:
        hand = self.hand(self.citizens[who])
        view = hand.log_in()
        prepared = hand.prepare(view.unit or "north", 1, 0, 0)
        raw = hand.sign(view, secret_ballot(self.world.election, prepared, plaintext), prepared.salt)
        honest = self.signed(self.citizens[who], (1, 0, 0))
        self.refused(replace(honest, raw=raw), "C11", "C7")

    @voting_is_open
    @rule(who=st.integers(0, 3), other=st.integers(0, 3))
    def vote_in_anothers_session(self, who: int, other: int) -> None:
        held = self.signed(self.citizens[who], (1, 0, 0))
        if who != other:
            self.refused(replace(held, citizen=self.citizens[other]), "C6", "C7", "C9")

    # --- the collector's life, and its lies

    @rule()
    def restart(self) -> None:
        self.restart_collector()

    @voting_is_open
    @rule(who=VOTERS, choice=CHOICES, point=st.sampled_from(CRASHES))
    def crash(self, who: int, choice: Choice, point: str) -> None:
        held = self.signed(self.citizens[who], choice)
        if self.verdict(held) is not None:
            return
        session, self.store.crash = self.session(held.citizen), point
        held.citizen.journal.open_numbers.add(held.statement.sequence)
        with pytest.raises(Crash):
            self.world.collector.cast(session, held.raw)
        if point != "before commit":
            self.logged(held)
        self.restart_collector()

    @rule(deviation=st.sampled_from(sorted(BY_THE_COLLECTOR)), pick=WHICH)
    def the_collector_shows_something_else(self, deviation: str, pick: int) -> None:
        made = BY_THE_COLLECTOR[deviation](self.case(self.evidence(), lambda below: pick % below))
        if made is not None:
            assert self.blamed(made, finished=False) == {Party.COLLECTOR}

    @precondition(lambda self: any(citizen.journal.votes for citizen in self.citizens))
    @rule(lie=st.sampled_from(["another number", "another log"]))
    def the_collector_lies_to_a_client(self, lie: str) -> None:
        journal = next(citizen.journal for citizen in self.citizens if citizen.journal.votes)
        collector = lying(self.world)
        if lie == "another number":
            true = self.world.collector.latest(journal.votes[-1].receipt.vote_id).answer
            false = replace(true, sequence=true.sequence + 1)
            collector.newest = lambda _id: sign_latest(false, self.keyring.collector.answers)
        else:
            writer = forger(self.world.election, self.keyring)
            other = writer.log(lines_of(self.world.election, self.evidence().log)[:1] * (self.model.size + 1))
            collector.head = lambda _honest: other.checkpoints[-1]
            collector.steps = lambda _older, _newer: ()
        with pytest.raises(CheckFailed) as named:
            journal.recheck(collector, collector, COMPLETE)
        assert named.value.at_fault is Party.COLLECTOR

    @voting_is_open
    @rule(who=st.integers(0, 3), lie=st.sampled_from(["another's", "uncosigned"]), choice=CHOICES)
    def the_collector_gives_a_false_receipt(self, who: int, lie: str, choice: Choice) -> None:
        held = self.signed(self.citizens[who], choice)
        others = [cast for _, cast in self.model.votes() if cast.receipt is not None]
        if self.verdict(held) is not None or not others or others[0].receipt is None:
            return
        false = others[0].receipt
        if lie == "uncosigned":
            false = replace(false, checkpoint=false.checkpoint.split("\n\n")[0] + "\n\n— x y\n")
        journal, kept = held.citizen.journal, list(held.citizen.journal.votes)
        with pytest.raises(CheckFailed) as named:
            journal.take(
                CastVote(held.raw, false, held.statement.sequence, held.seed), self.world.collector, COMPLETE
            )
        assert named.value.at_fault is Party.COLLECTOR
        assert journal.votes == kept

    # --- the authority

    @rule(who=VOTERS, unit=st.sampled_from([*UNITS, None]))
    def change_the_roll(self, who: int, unit: str | None) -> None:
        voter = self.citizens[who].card.voter_id
        if unit is None and voter not in self.model.roll:
            return
        entry = RollEntry(voter, "Some One", unit) if unit else None
        assert self.world.change_roll([RollChange(voter, entry)]) == self.model.size
        self.model.change_roll(voter, unit)

    @rule(who=VOTERS)
    def vote_on_paper(self, who: int) -> None:
        self.on_paper += 1
        voter = self.citizens[who].card.voter_id
        assert self.world.revoke([voter], f"voted on paper, list {self.on_paper}") == self.model.size
        self.model.on_paper.add(voter)
        self.model.size += 1

    @voting_is_open
    @rule(kind=st.sampled_from(["close", "final"]))
    def order_too_early(self, kind: str) -> None:
        with pytest.raises(ServiceRefused):
            self.world.order(kind)

    @precondition(lambda self: not self.model.closed and self.model.size > 9)
    @rule()
    def close(self) -> None:
        self.world.close()
        self.model.closed, self.model.size = True, self.model.size + 1

    @rule(seconds=st.sampled_from([1, 60, 150, 400]))
    def wait(self, seconds: int) -> None:
        self.world.clock.now += seconds

    # --- what always holds

    @invariant()
    def the_accounting_is_the_models(self) -> None:
        if self.looked_at == self.model.size:
            return
        self.looked_at = self.model.size
        found = self.inspected(self.evidence())
        assert {index: failure.check for index, failure in found.reviewed.failures.items()} == {
            cast.index: "C2" for _, cast in self.model.votes() if cast.late
        }
        heads = {voter: chain[-1].index for voter, chain in self.model.chains.items()}
        assert {voter: head.index for voter, head in found.replay.heads.items()} == heads
        assert len(self.store.leaves()) == self.model.size

    @invariant()
    def nothing_with_a_receipt_is_lost(self) -> None:
        newest = open_checkpoint(self.world.collector.checkpoint(), self.world.election.log_trust).checkpoint
        tree = self.evidence().log.tree()
        for _, cast in self.model.votes():
            receipt = self.stored_receipt(cast)
            assert (receipt is None) == cast.late
            if receipt is not None:
                proof = tree.inclusion_proof(receipt.index, newest.size)
                verify_inclusion(receipt.entry.encode(), cast.index, newest.size, proof, newest.root)

    @invariant()
    def no_client_blames_the_honest_collector(self) -> None:
        for citizen in self.citizens:
            self.world.recheck(citizen)

    # --- the end

    def teardown(self) -> None:
        try:
            if not self.model.closed:
                self.close()
            self.finish()
        finally:
            self.store.close()


TestWholeElection = WholeElection.TestCase
LONG = settings.get_current_profile_name() == "long"
TestWholeElection.settings = settings(
    max_examples=400 if LONG else 12,
    stateful_step_count=60 if LONG else 25,
    phases=[Phase.generate],
    derandomize=not LONG,
    database=None,
    deadline=None,
)
