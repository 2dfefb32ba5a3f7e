"""The sections of an election definition that become parts of the manifest; every default stands here."""

from __future__ import annotations

from common.messages.manifest import Contest, Policies, SingleContest, Times, Unit, VectorContest
from scenarios.definition.table import Table

GRACE = 300
MAX_AGE = 300
SKEW = 30
INTAKE_MARGIN = 30
OCSP_FRESHNESS = 300
VERIFICATION_WINDOW = 1_800
MINIMUM_AGGREGATE = 5
VERIFICATION_COUNT = 3
VOTES_PER_HOUR = 20
VOTE_BYTES = 1_000_000
BRANCHES = 500
PARAMETERS = "paillier-3072"
TRUSTEES, THRESHOLD = 5, 3
WITNESSES, QUORUM, HOSTILE = 3, 2, 0
_DAY = 86_400
_LONGEST = 10**9


def read_times(election: Table, table: Table) -> Times:
    """[times], and `opens` and `closes` of [election]."""
    found = Times(
        opens=election.time("opens"),
        closes=election.time("closes"),
        grace=table.integer("grace", 0, _DAY, GRACE),
        max_age=table.integer("max_age", 1, _DAY, MAX_AGE),
        skew=table.integer("skew", 0, _DAY, SKEW),
        intake_margin=table.integer("intake_margin", 0, _DAY, INTAKE_MARGIN),
        ocsp_freshness=table.integer("ocsp_freshness", 1, _LONGEST, OCSP_FRESHNESS),
        verification_window=table.integer("verification_window", 0, _LONGEST, VERIFICATION_WINDOW),
    )
    table.close()
    return found


def read_contest(table: Table) -> Contest:
    """One [[contest]]."""
    kind = table.one_of("kind", ("single", "vector"))
    name, title, options = table.name("id") or "", table.text("title"), table.texts("options", 2, 1_000)
    if kind == "single":
        for key in ("max_per_option", "min_total", "max_total"):
            if key in table:
                table.fault(key, 'goes with kind = "vector" only; remove it')
            table.optional_integer(key, 0)
        table.close()
        return SingleContest("single", name, title, options)
    each = table.integer("max_per_option", 1, 1_000, 1)
    most = max(len(options), 1) * each
    found = VectorContest(
        kind="vector",
        id=name,
        title=title,
        options=options,
        max_per_option=each,
        min_total=table.integer("min_total", 0, default=0),
        max_total=table.integer("max_total", 1, default=most),
    )
    table.close()
    return found


def read_unit(table: Table, contests: tuple[Contest, ...]) -> Unit:
    """One [[unit]]; it votes in all contests unless it lists some."""
    found = Unit(
        id=table.name("id") or "",
        title=table.text("title"),
        parent=table.name("parent", optional=True),
        contests=table.names("contests", tuple(contest.id for contest in contests)),
    )
    table.close()
    return found


def read_policies(table: Table) -> Policies:
    """[policies]."""
    publication = table.one_of("publication", ("auditors", "public"), "auditors")
    found = Policies(
        publication="public" if publication == "public" else "auditors",
        minimum_aggregate=table.integer("minimum_aggregate", 1, default=MINIMUM_AGGREGATE),
        verification_count=table.integer("verification_count", 1, default=VERIFICATION_COUNT),
        votes_per_hour=table.integer("votes_per_hour", 1, default=VOTES_PER_HOUR),
        vote_bytes=table.integer("vote_bytes", 1, default=VOTE_BYTES),
        branches=table.integer("branches", 1, default=BRANCHES),
    )
    table.close()
    return found
