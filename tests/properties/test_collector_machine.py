"""The collector against a plain model: whatever is voted, retried, refused, crashed or restarted, in any order.

The model keeps dictionaries of what must be in the box and predicts every answer. After each step, whatever has a
receipt must be in the log that the witnesses saw, and the chain heads must be the model's.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from auditor.head_store import MemoryHeadStore
from auditor.witness import Witness
from collector.collector import Collector, Keys
from common.checks.casting import advances_chain
from common.checks.catalogue import COMPLETE
from common.encoding.times import from_rfc3339, to_rfc3339
from common.errors import CheckFailed, RuleBroken, ServiceRefused
from common.log.merkle import verify_consistency, verify_inclusion
from common.log.witnessed import open_checkpoint
from common.messages.acts import Extension, Signed
from common.messages.ballot import ballot_digest
from common.messages.message import decode, encode
from common.messages.receipt import Receipt
from common.messages.roll import ChangeSet, RollChange, RollEntry
from common.messages.vote import SignedBallot, VoteStatement, digest_of, vote_id
from common.ports import Lapsed
from common.tally.candidate import Head
from common.tally.replay import replay
from tests.properties.ballot_box import OTHER_UNIT, Crash, CrashingStore, Model, Switch, Vote, prepared

VOTERS = st.integers(0, 3)
CRASHES = (
    "before commit",
    "after commit",
    "before checkpoint",
    "before cosigned",
    "after cosigned",
    "before receipt",
)


class BallotBox(Model, RuleBasedStateMachine):
    def __init__(self) -> None:
        RuleBasedStateMachine.__init__(self)
        Model.__init__(self)
        self.clock.now = self.election.opens
        self.folder = Path(tempfile.mkdtemp())
        logs = {self.election.manifest.log.origin: self.election.log_trust.log_key}
        self.witnesses = [
            Switch(Witness(w.key.name, w._private_key, MemoryHeadStore(), self.clock, logs), lambda: self.up)
            for w in self.world.witnesses
        ]
        self.start()

    # --- the collector's life

    def start(self) -> None:
        keys = Keys(self.world.collector._log._key, self.world.collector._lookup._key)
        self.store = CrashingStore(self.folder / "box.sqlite")
        self.collector = Collector(
            self.election,
            self.world.roll,
            keys,
            self.store,
            self.witnesses,
            self.world.responder,
            self.clock,
            COMPLETE,
        )
        self.witnessed()
        for vote in sorted(self.recorded, key=lambda vote: vote.index or 0):
            if self.settle(vote) is None and vote.receipt is None:
                row = self.store.vote(vote_id(vote.raw))
                assert row is not None
                assert row.receipt is not None
                vote.receipt = decode(Receipt, row.receipt)

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.start()

    @rule(seconds=st.sampled_from([1, 60, 150, 400]))
    def wait(self, seconds: int) -> None:
        self.clock.now += seconds

    @rule()
    def witnesses_fail_or_return(self) -> None:
        self.up = not self.up

    # --- voting

    def sign(self, who: int) -> Vote:
        card = self.citizens[who].card
        view, voter = self.log_in(who), card.voter_id
        chain = self.chains.get(voter, [])
        assert (view.unit, view.roll_version) == (self.units.get(voter), self.version)
        assert (view.earlier.digest if view.earlier else None) == (self.digest(chain[-1]) if chain else None)
        unit = view.unit or "north"
        ballot = prepared(who, unit)
        statement = VoteStatement(
            "valik/v1/vote",
            self.election.fingerprint,
            ballot_digest(ballot.ballot),
            voter,
            ballot.salt,
            view.earlier.sequence + 1 if view.earlier else 1,
            view.earlier.digest if view.earlier else None,
            view.roll_version,
            view.time,
        )
        raw = encode(SignedBallot(ballot.ballot, card.sign(encode(statement), self.clock.now)))
        return Vote(voter, raw, statement, unit)

    def log_in(self, who: int) -> Any:
        nonce = self.collector.challenge()
        token = self.citizens[who].card.authenticate(self.election.manifest.collector.address, nonce)
        return self.collector.open_session(nonce, token)

    def who(self, vote: Vote) -> int:
        return [citizen.card.voter_id for citizen in self.citizens].index(vote.voter)

    def post(self, vote: Vote) -> None:
        """Post a vote that is not recorded, and hold the answer against the model's."""
        session, check, before = self.log_in(self.who(vote)).session, self.verdict(vote), self.store.rows()
        if check is not None:
            with pytest.raises(CheckFailed) as refused:
                self.collector.cast(session, vote.raw)
            assert refused.value.check == check
            assert self.store.rows() == before
            return
        self.take(vote)
        self.answer(session, vote)

    def answer(self, session: str, vote: Vote) -> None:
        """The answer to a vote that is recorded: the receipt, the same one each time, or why there is none."""
        refusal = self.settle(vote)
        if refusal is None:
            receipt = self.collector.cast(session, vote.raw)
            assert vote.receipt in (None, receipt)
            vote.receipt = receipt
        else:
            with pytest.raises(ServiceRefused) as refused:
                self.collector.cast(session, vote.raw)
            assert type(refused.value) is refusal

    @rule(who=VOTERS)
    def vote_now(self, who: int) -> None:
        self.post(self.sign(who))

    @rule(who=VOTERS, event=st.sampled_from(["vote", "roll change", "wait"]))
    def something_happens_between_signing_and_posting(self, who: int, event: str) -> None:
        vote = self.sign(who)
        if event == "vote":
            self.vote_now(who)
        elif event == "roll change":
            self.change_the_roll(who, removes=False)
        else:
            self.wait(400)
        self.post(vote)

    @rule(who=VOTERS)
    def sign_and_hold_back(self, who: int) -> None:
        self.held.append(self.sign(who))

    @precondition(lambda self: self.held)
    @rule(data=st.data())
    def post_what_was_held_back(self, data: st.DataObject) -> None:
        vote = data.draw(st.sampled_from(self.held))
        self.held.remove(vote)
        self.post(vote)

    @precondition(lambda self: self.recorded)
    @rule(data=st.data())
    def replay_a_recorded_vote(self, data: st.DataObject) -> None:
        vote = data.draw(st.sampled_from(self.recorded))
        entries = self.store.leaves()
        self.answer(self.log_in(self.who(vote)).session, vote)
        assert self.store.leaves() == entries

    @rule(who=VOTERS, other=VOTERS)
    def vote_in_anothers_session(self, who: int, other: int) -> None:
        vote = self.sign(who)
        if who == other or self.verdict(vote) is not None:
            return
        session, before = self.log_in(other).session, self.store.rows()
        with pytest.raises(CheckFailed) as refused:
            self.collector.cast(session, vote.raw)
        assert refused.value.check == "C6" or (who != other and refused.value.check == "C9")
        assert self.store.rows() == before

    @rule(who=VOTERS, point=st.sampled_from(CRASHES))
    def crash_while_voting(self, who: int, point: str) -> None:
        vote = self.sign(who)
        if self.verdict(vote) is not None or (not self.up and point not in CRASHES[:3]):
            return
        session = self.log_in(who).session
        self.store.crash = point
        with pytest.raises(Crash):
            self.collector.cast(session, vote.raw)
        if point != "before commit":
            self.take(vote)
        if point in CRASHES[4:]:
            self.witnessed()
        self.restart()

    # --- looking

    @precondition(lambda self: self.recorded)
    @rule(data=st.data())
    def look_up(self, data: st.DataObject) -> None:
        vote = data.draw(st.sampled_from(self.recorded))
        open_until = vote.recorded + self.times.verification_window
        limit, before = self.election.manifest.policies.verification_count, self.store.rows()
        if vote.receipt is None or self.clock.now > open_until or vote.lookups >= limit:
            with pytest.raises(ServiceRefused, match="no vote with this id can be shown"):
                self.collector.lookup(vote_id(vote.raw))
            assert self.store.rows() == before
            return
        vote.lookups += 1
        found = self.collector.lookup(vote_id(vote.raw))
        assert (encode(found.recorded.vote), found.receipt) == (vote.raw, vote.receipt)
        assert found.latest.answer.latest == (self.chains[vote.voter][-1] is vote)
        assert found.latest.answer.sequence == vote.statement.sequence

    @rule(unknown=st.text("0123456789abcdef", min_size=32, max_size=32))
    def look_up_what_is_not_there(self, unknown: str) -> None:
        for ask in (self.collector.lookup, self.collector.latest):
            with pytest.raises(ServiceRefused, match="no vote with this id can be shown"):
                ask(unknown)

    # --- the authority

    @rule(who=VOTERS, removes=st.booleans())
    def change_the_roll(self, who: int, removes: bool) -> None:
        card = self.citizens[who].card
        unit = self.units.get(card.voter_id)
        entry = RollEntry(card.voter_id, "Some One", OTHER_UNIT[unit] if unit else "north")
        change = RollChange(card.voter_id, None if removes and unit else entry)
        self.submit(self.world.authority.change_roll(self.election, self.latest, [change]))
        if change.entry is None:
            del self.units[card.voter_id]
            self.removed_at[card.voter_id] = self.size - 1
        else:
            self.units[card.voter_id] = change.entry.unit
        self.touched[card.voter_id] = self.version

    def submit(self, signed: Signed) -> None:
        """An act that is due is logged at once; without witnesses the answer only comes later."""
        self.size += 1
        self.acts.append(signed)
        if isinstance(signed.body, ChangeSet):
            self.latest = signed.body
        if self.witnessed():
            assert self.collector.submit_act(signed) == self.size - 1
        else:
            with pytest.raises(ServiceRefused):
                self.collector.submit_act(signed)

    @precondition(lambda self: self.acts and self.up)
    @rule(data=st.data())
    def submit_an_act_again(self, data: st.DataObject) -> None:
        entries = self.store.leaves()
        self.witnessed()
        self.submit_again(data.draw(st.sampled_from(self.acts)))
        assert self.store.leaves() == entries

    def submit_again(self, signed: Signed) -> None:
        """An extension that the witnesses saw too late is answered so, each time."""
        if isinstance(signed.body, Extension) and from_rfc3339(signed.body.closes) > self.end():
            with pytest.raises(Lapsed):
                self.collector.submit_act(signed)
        else:
            self.collector.submit_act(signed)

    @rule()
    def wait_until_voting_nearly_ends(self) -> None:
        self.clock.now = max(self.clock.now, self.end() - 100)

    @rule(later=st.sampled_from([60, 3_000]))
    def extend(self, later: int) -> None:
        named = self.extensions[-1][1] if self.extensions else self.election.closes
        signed = self.world.authority.extend(self.election, to_rfc3339(named + later), "slow")
        if self.clock.now > self.end():
            with pytest.raises(ServiceRefused, match="cannot be opened again"):
                self.collector.submit_act(signed)
            return
        self.extensions.append((self.size, named + later))
        self.submit(signed)

    @rule(kind=st.sampled_from(["close", "final", "fork"]))
    def submit_an_act_that_is_not_due(self, kind: str) -> None:
        if kind == "close" and self.clock.now >= self.end() and not self.waits():
            return  # it would be due
        signed = self.world.authority.order(self.election, kind, self.size)
        if kind == "fork":
            skipped = ChangeSet("valik/v1/roll-change", self.election.fingerprint, self.version + 1, "0" * 64, ())
            change = [RollChange(self.citizens[0].card.voter_id, None)]
            signed = self.world.authority.change_roll(self.election, skipped, change)
        before = self.store.rows()
        with pytest.raises((ServiceRefused, RuleBroken)):
            self.collector.submit_act(signed)
        assert self.store.rows() == before

    # --- what always holds

    @invariant()
    def nothing_is_lost_or_added(self) -> None:
        assert self.collector._log.tree.size == len(self.store.leaves()) == self.size
        kept = {vote.index: vote.raw for vote in self.recorded}
        assert {row.position: row.signed_ballot for row in self.store.votes()} == kept

    @invariant()
    def heads_are_the_models(self) -> None:
        due = {
            voter: Head(chain[-1].index or 0, self.digest(chain[-1]), len(chain))
            for voter, chain in self.chains.items()
        }
        assert self.collector._ledger.heads == due

    @invariant()
    def every_receipt_is_in_the_newest_log(self) -> None:
        if not self.covered:
            return
        newest = open_checkpoint(self.collector.checkpoint(), self.election.log_trust).checkpoint
        tree = self.collector._log.tree
        if self.seen is not None:
            proof = self.collector.consistency(self.seen, newest)
            verify_consistency(self.seen.size, newest.size, proof, self.seen.root, newest.root)
        self.seen = newest
        for vote in self.recorded:
            if vote.receipt is not None:
                assert vote.receipt.index == vote.index
                proof = tree.inclusion_proof(vote.receipt.index, newest.size)
                verify_inclusion(vote.receipt.entry.encode(), vote.receipt.index, newest.size, proof, newest.root)

    def teardown(self) -> None:
        """Close: every vote is in the box, and the replay of box and log ends where the model does."""
        try:
            self.up = True
            for vote in self.recorded:
                self.answer(self.log_in(self.who(vote)).session, vote)
            self.witnessed()
            for act in self.acts:
                self.submit_again(act)
            self.clock.now = max(self.clock.now, self.end() + self.times.grace + 1)
            self.post(self.sign(0))
            self.submit(self.world.authority.order(self.election, "close", self.size))
            self.post(self.sign(1))
            self.require_replay()
        finally:
            self.store.close()
            shutil.rmtree(self.folder)

    def require_replay(self) -> None:
        evidence = self.collector.evidence()
        assert [digest_of(vote) for vote in evidence.votes] == [
            self.digest(vote) for vote in sorted(self.recorded, key=lambda vote: vote.index or 0)
        ]
        found = replay(self.election, evidence, advances_chain)
        assert {vote.index: vote.facts.closes for vote in found.votes.values()} == {
            vote.index: self.end(vote.index) for vote in self.recorded
        }
        heads = {voter: chain[-1].index for voter, chain in self.chains.items()}
        revoked = {head for voter, head in heads.items() if (head or 0) < self.removed_at.get(voter, 0)}
        assert {voter: head.index for voter, head in found.heads.items()} == heads
        assert set(found.fates.superseded) == {vote.index for vote in self.recorded} - set(heads.values())
        assert set(found.fates.revoked) == revoked
        assert set(found.fates.counted) == set(heads.values()) - revoked


TestBallotBox = BallotBox.TestCase
BallotBox.TestCase.settings = settings(
    max_examples=16, stateful_step_count=25, phases=[Phase.generate, Phase.shrink], database=None, deadline=None
)
