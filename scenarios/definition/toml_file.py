"""An election definition: one TOML file, with a voter roll in CSV beside it or a made-up one."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

from common.checks.draft import Problem, problems
from common.crypto.systems import SYSTEMS
from common.encoding.times import to_rfc3339
from common.errors import SetupError
from common.messages.draft import Draft
from common.messages.roll import RollEntry
from scenarios.definition import sections
from scenarios.definition.population import (
    MOST_VOTERS,
    PopulationPlan,
    in_proportion,
    made_up_roll,
    population_problems,
    read_population,
    resized,
    spread,
)
from scenarios.definition.roll_csv import read_roll
from scenarios.definition.table import Table
from scenarios.definition.text import faults, read_text, shown_name, without_codes


@dataclass(frozen=True, slots=True)
class Definition:
    """What organisers wrote. `absent`: trustees (from 1) who do not come to the tally; `roll` is sorted by voter id.

    `people` is what the mock voters do, None if the file says nothing of them.
    """

    draft: Draft
    roll: tuple[RollEntry, ...]
    absent: tuple[int, ...]
    people: PopulationPlan | None


@dataclass(frozen=True, slots=True)
class _Parts:
    """The file's values: a definition still without its voters."""

    draft: Draft
    max_ballots: int | None
    absent: tuple[int, ...]
    people: PopulationPlan | None
    roll: str | None


def load_definition(
    path: Path, roll: Path | None = None, *, parameters: str | None = None, voters: int | None = None
) -> Definition:
    """Read a definition and its roll, and see that such an election is possible.

    The voters come from `roll`, else from the CSV file that the definition names (beside it), else they are made up.
    `parameters` replaces the definition's; `voters` makes up so many instead, and scales the population with them.
    `SetupError` with a line for every fault: file, place, and what to do.
    """
    if parameters is not None and parameters not in SYSTEMS:
        raise SetupError(f"there are no such parameters; choose one of {', '.join(SYSTEMS)}")
    found: list[Problem] = []
    parts = _read(path, found)
    if parameters is not None:
        parts = replace(parts, draft=replace(parts.draft, parameters=parameters))
    source = roll or (path.parent / parts.roll if parts.roll else None)
    rows: tuple[RollEntry, ...] = ()
    errors: list[str] = []
    if source is not None:
        try:
            rows = read_roll(source, None if found else parts.draft.units)
        except SetupError as error:
            errors.append(str(error))
    elif parts.people is not None and parts.people.sizes:
        rows = made_up_roll(parts.people)
    if voters is not None and not found and not errors:
        parts, rows = _resize(parts, rows, voters)
    if not found and not errors:
        definition, found = _complete(parts, rows)
    if found or errors:
        raise SetupError("\n".join([*([str(faults(shown_name(path), found))] if found else []), *errors]))
    return definition


def _read(path: Path, found: list[Problem]) -> _Parts:
    try:
        values = tomllib.loads(read_text(path))
    except tomllib.TOMLDecodeError as error:
        raise SetupError(
            without_codes(f"{shown_name(path)}: this is not TOML: {error}; correct that place")
        ) from None
    except RecursionError:
        raise SetupError(f"{shown_name(path)}: lists or tables are nested too deeply; write them flat") from None
    except ValueError:
        raise SetupError(f"{shown_name(path)}: a number has thousands of digits; write a smaller one") from None
    root = Table("", values, found)
    election, trustees, witnesses = root.table("election"), root.table("trustees"), root.table("witnesses")
    contests = tuple(map(sections.read_contest, root.tables("contest")))
    units = tuple(sections.read_unit(table, contests) for table in root.tables("unit"))
    draft = Draft(
        title=election.text("title"),
        times=sections.read_times(election, root.table("times")),
        contests=contests,
        units=units,
        max_ballots=1,
        parameters=election.name("parameters", optional=True) or sections.PARAMETERS,
        threshold=trustees.integer("threshold", 2, 32, sections.THRESHOLD),
        trustees=trustees.integer("count", 2, 32, sections.TRUSTEES),
        witnesses=witnesses.integer("count", 1, 32, sections.WITNESSES),
        quorum=witnesses.integer("quorum", 1, 32, sections.QUORUM),
        hostile=witnesses.integer("hostile", 0, 32, sections.HOSTILE),
        policies=sections.read_policies(root.table("policies")),
    )
    parts = _Parts(
        draft=draft,
        max_ballots=election.optional_integer("max_ballots", 1),
        absent=trustees.integers("absent", 1, draft.trustees),
        people=read_population(root.table("population"), units) if "population" in root else None,
        roll=election.optional_text("roll"),
    )
    for table in (root, election, trustees, witnesses):
        table.close()
    for key, number in (("contest", len(contests)), ("unit", len(units))):
        if not number:
            found.append(Problem(key, f"there is none; write at least one [[{key}]]"))
    return parts


def _resize(parts: _Parts, before: tuple[RollEntry, ...], voters: int) -> tuple[_Parts, tuple[RollEntry, ...]]:
    """Made-up voters in place of those there were; `SetupError` if there is no population to scale."""
    if parts.people is None:
        raise SetupError(
            "the definition has no [population]; write one, or give a roll instead of a number of voters"
        )
    if voters >= MOST_VOTERS:
        raise SetupError(f"{voters} voters are too many; make up fewer than {MOST_VOTERS}")
    units = Counter(row.unit for row in before)
    sizes = in_proportion(voters, units) if units else spread(voters, parts.draft.units)
    people = resized(parts.people, len(before), sizes)
    most = None if parts.max_ballots is not None and parts.max_ballots < voters else parts.max_ballots
    return replace(parts, people=people, max_ballots=most), made_up_roll(people)


def _complete(parts: _Parts, roll: tuple[RollEntry, ...]) -> tuple[Definition, list[Problem]]:
    """The definition with its voters, and what keeps it from being carried out."""
    size = len(roll)
    most = parts.max_ballots or size + max(1, -(-size // 10))
    draft = replace(parts.draft, max_ballots=most)
    found = list(problems(draft))
    here = draft.trustees - len(parts.absent)
    if here < draft.threshold:
        reason = f"leaves {here} trustees of the {draft.threshold} needed"
        found.append(Problem("trustees.absent", f"{reason}; write fewer, or a lower threshold"))
    if not roll and parts.max_ballots is None:
        advice = "is missing, and there is no roll; write max_ballots or roll, or give a roll file"
        found.append(Problem("election.max_ballots", advice))
    if size > most:
        found.append(Problem("election.max_ballots", f"the roll has {size} voters; write at least {size}"))
    if parts.people is not None and not roll:
        found.append(Problem("population.voters", "is missing, and there is no roll; write a number"))
    elif parts.people is not None and not found:
        found += population_problems(parts.people, draft, roll)
    return Definition(draft, roll, parts.absent, parts.people), found


def held(draft: Draft, begin: int, seconds: int) -> Draft:
    """The same election, open for so many seconds from `begin` (seconds since 1970)."""
    times = replace(draft.times, opens=to_rfc3339(begin), closes=to_rfc3339(begin + seconds))
    return replace(draft, times=times)
