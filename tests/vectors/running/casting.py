"""Vote statements, run."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from common.checks.casting import c2_election_and_time, c8_ballot_is_the_signers, c9_continues_chain
from common.messages.ballot import Ballot
from common.messages.message import decode
from common.messages.vote import VoteStatement
from common.tally.candidate import Head
from tests.vectors.running.verdict import Json, Operation, under


def statement(shared: dict[str, Json], given: dict[str, Json]) -> Json:
    """These checks look at no more of a vote and an election than what stands here."""
    vote: Any = SimpleNamespace(
        ballot=decode(Ballot, given["ballot"].encode()), statement=decode(VoteStatement, given["statement"].encode())
    )
    times = SimpleNamespace(grace=shared["grace"], max_age=shared["max_age"], skew=shared["skew"])
    election = SimpleNamespace(
        fingerprint=shared["fingerprint"],
        opens=shared["opens"],
        manifest=SimpleNamespace(times=times),
    )
    head = given["head"] and Head(0, given["head"]["digest"], given["head"]["sequence"])
    facts: Any = SimpleNamespace(
        election=election, time=given["covering_time"], head=head, closes=given["closes"], margin=0
    )
    checks = {"C2": c2_election_and_time, "C8": c8_ballot_is_the_signers, "C9": c9_continues_chain}
    for check, function in checks.items():
        with under(check):
            function(vote, facts)


OPERATIONS: dict[str, Operation] = {"verify-statement": statement}
