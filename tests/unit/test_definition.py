"""An election definition in TOML: samples, defaults, and every fault with its key path and way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.checks.draft import require_possible
from common.errors import SetupError
from common.messages.manifest import Policies, SingleContest, Times, Unit
from scenarios.country.population import people
from scenarios.definition.toml_file import load_definition
from scenarios.definition_cli import TEMPLATE
from tests.unit.definitions import CODE, FIRST, MINIMAL, POPULATION, SAMPLES, SECOND, SOUTH, VECTOR, load, refused


def test_minimal_definition_gets_sensible_defaults(tmp_path: Path) -> None:
    found = load(tmp_path, MINIMAL)
    draft = found.draft
    assert draft.times == Times("2027-03-01T07:00:00Z", "2027-03-05T18:00:00Z", 300, 300, 30, 30, 300, 1800)
    assert draft.contests == (SingleContest("single", "chair", "Chair", ("A", "B", "Blank vote")),)
    assert draft.units == (Unit("club", "Club", None, ("chair",)),)
    assert draft.policies == Policies("auditors", 5, 3, 20, 1_000_000, 500)
    assert (draft.threshold, draft.trustees, draft.quorum, draft.witnesses, draft.hostile) == (3, 5, 2, 3, 0)
    assert (draft.parameters, draft.max_ballots) == ("paillier-3072", 10)
    assert (found.roll, found.absent, found.people) == ((), (), None)


@pytest.mark.parametrize("name", ["demo", "board", "referendum", "parliament", "template/election"])
def test_every_sample_is_possible(name: str) -> None:
    found = load_definition(SAMPLES / f"{name}.toml")
    require_possible(found.draft)
    assert found.people is not None
    assert 0 < len(found.roll) <= found.draft.max_ballots


def test_demo_is_the_election_that_shows_everything() -> None:
    found = load_definition(SAMPLES / "demo.toml")
    sizes = {unit.id: sum(row.unit == unit.id for row in found.roll) for unit in found.draft.units}
    assert sizes == {"country": 0, "north": 55, "south": 42, "island": 3}
    assert sizes["island"] < found.draft.policies.minimum_aggregate
    assert (found.draft.threshold, found.draft.trustees, found.absent) == (3, 5, (4,))
    people = found.people
    assert people is not None
    assert (people.revoting, people.verifying, people.paper) == (15, 20, 3)


def test_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    found = load(tmp_path, "\ufeff" + MINIMAL.replace("\n", "\r\n"))
    assert found.draft.title == "Chess club"


def test_texts_are_put_into_composed_form(tmp_path: Path) -> None:
    found = load(tmp_path, MINIMAL.replace("Chess club", "Malekluba O\u0303ie"))
    assert found.draft.title == "Malekluba Õie"


@pytest.mark.parametrize(("voters", "most"), [(1, 2), (9, 10), (10, 11), (11, 13), (100, 110)])
def test_max_ballots_defaults_to_a_tenth_more_than_the_roll(tmp_path: Path, voters: int, most: int) -> None:
    text = MINIMAL.replace("max_ballots = 10\n", "")
    roll = "name,code,unit\n" + "".join(f"{p.name},{p.code},club\n" for p in people(voters, 3))
    found = load(tmp_path, text, roll)
    assert (len(found.roll), found.draft.max_ballots) == (voters, most)


def test_roll_given_goes_before_roll_named_and_made_up_voters(tmp_path: Path) -> None:
    text = POPULATION.replace("max_ballots", 'roll = "nothing.csv"\nmax_ballots')
    assert len(load(tmp_path, text, f"name,code,unit\nA,{FIRST},club\n").roll) == 1


@pytest.mark.parametrize(
    "time",
    ["2027-03-01T07:00:00Z", '"2027-03-01T07:00:00Z"', '"2027-03-01t09:00:00+02:00"', "2027-03-01 09:00:00+02:00"],
)
def test_times_may_be_native_or_text_with_any_offset(tmp_path: Path, time: str) -> None:
    found = load(tmp_path, MINIMAL.replace("2027-03-01T09:00:00+02:00", time))
    assert found.draft.times.opens == "2027-03-01T07:00:00Z"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        # times
        (
            "2027-03-01T09:00:00+02:00",
            "2027-03-01",
            "election.opens: is a date or a time alone; write a date, a time",
        ),
        ("2027-03-01T09:00:00+02:00", "09:00:00", "election.opens: is a date or a time alone; write"),
        ("2027-03-01T09:00:00+02:00", "2027-03-01T09:00:00", "election.opens: has no offset from UTC; write"),
        ("2027-03-01T09:00:00+02:00", "2027-03-01T09:00:00.5Z", "election.opens: is not in whole seconds; write"),
        ("2027-03-01T09:00:00+02:00", '"1 March 2027"', "election.opens: is not an RFC 3339 time"),
        ("2027-03-01T09:00:00+02:00", '"2027-03-01"', "election.opens: is not an RFC 3339 time"),
        ("2027-03-01T09:00:00+02:00", '"2027-02-30T09:00:00Z"', "election.opens: is no such date or time; write"),
        ("2027-03-01T09:00:00+02:00", "0001-01-01T00:00:00+23:00", "election.opens: is not between the years"),
        ("2027-03-01T09:00:00+02:00", "1", "election.opens: is of the wrong type; write a date and time"),
        (
            "2027-03-05T20:00:00+02:00",
            "2027-03-01T07:00:00Z",
            "election.closes: the election closes before it opens; write",
        ),
        # election
        ('title = "Chess club"\n', "", "election.title: is missing; write a text"),
        ('"Chess club"', "7", "election.title: is of the wrong type; write a text"),
        ('"Chess club"', '""', "election.title: is empty; write a text"),
        ('"Chess club"', '" x"', "election.title: starts or ends with white space; remove it"),
        (
            '"Chess club"',
            '"a\\u202eb"',
            "election.title: holds the character U+202E, which is not printed; remove it",
        ),
        ('"Chess club"', '"a\\u2068b"', "election.title: holds the character U+2068"),
        ('"Chess club"', '"a\\nb"', "election.title: holds the character U+000A"),
        ("max_ballots = 10", "max_ballots = 0", "election.max_ballots: is out of bounds; write a whole number"),
        (
            "max_ballots = 10",
            "max_ballots = true",
            "election.max_ballots: is of the wrong type; write a whole number",
        ),
        ("max_ballots = 10", "max_ballots = 10.0", "election.max_ballots: is of the wrong type"),
        ("max_ballots = 10\n", "", "election.max_ballots: is missing, and there is no roll; write max_ballots"),
        ("max_ballots", "max_balots", "election.max_balots: no such key; did you mean max_ballots?"),
        (
            "max_ballots = 10",
            'parameters = "rsa"',
            "election.parameters: there is no such parameter set; write one of",
        ),
        ("[election]", "[elections]", "elections: no such key; did you mean election?"),
        ("[election]", '"[\\u202e]" = 1\n[election]', "'[\\u202e]': no such key; there are"),
        # contests
        ('id = "chair"', 'id = "The Chair"', "contest[1].id: is no id; write 1 to 40 of a-z"),
        ('kind = "single"', 'kind = "plural"', 'contest[1].kind: is none of the known words; write "single" or'),
        ('["A", "B", "Blank vote"]', '["A"]', "contest[1].options: has 1 entries; write 2 to 1000"),
        ('["A", "B", "Blank vote"]', '["A", "B", "A"]', "contest[1].options: two have the same name: option; write"),
        ('["A", "B", "Blank vote"]', '["Õ", "O\\u0303"]', "contest[1].options: two have the same name"),
        ('["A", "B", "Blank vote"]', '["A", 2]', "contest[1].options: is of the wrong type; write a list of texts"),
        ('["A", "B", "Blank vote"]', '["A", "B\\u0000"]', "contest[1].options[2]: holds the character U+0000"),
        ('kind = "single"', 'kind = "single"\nmax_total = 2', "contest[1].max_total: goes with kind"),
        ("[[contest]]", "[contest]", "contest: is of the wrong type; write tables: [[contest]]"),
        ("max_ballots = 10", "max_ballots = 16_000_000", None),
        # units
        ('id = "club"', 'id = "club"\nparent = "town"', "unit[1].parent: unit club comes before its parent"),
        ('id = "club"', 'id = "club"\nparent = "club"', "its parents form a circle: write another parent"),
        ('id = "club"', 'id = "club"\ncontests = ["mayor"]', "unit[1].contests: unit club has a contest that"),
        ('id = "club"', 'id = "club"\ncontests = []', "contest[1]: no unit votes in contest chair; add"),
        # parties
        ("[[contest]]", "[trustees]\ncount = 2\n[[contest]]", "trustees.threshold: threshold 3 of 2 trustees"),
        (
            "[[contest]]",
            "[trustees]\nthreshold = 1\n[[contest]]",
            "trustees.threshold: is out of bounds; write a whole",
        ),
        (
            "[[contest]]",
            "[trustees]\nabsent = [6]\n[[contest]]",
            "trustees.absent: write each number once, from 1 to 5",
        ),
        ("[[contest]]", "[trustees]\nabsent = [1, 2, 3]\n[[contest]]", "trustees.absent: leaves 2 trustees of the 3"),
        ("[[contest]]", "[witnesses]\nhostile = 1\n[[contest]]", "witnesses.quorum: a quorum of 2 of 3 witnesses"),
        ("[[contest]]", "[witnesses]\ncount = 40\n[[contest]]", "witnesses.count: is out of bounds; write a whole"),
        # times and policies
        (
            "[[contest]]",
            "[times]\ngrace = 90_000\n[[contest]]",
            "times.grace: is out of bounds; write a whole number",
        ),
        ("[[contest]]", "[times]\ngrace = -1\n[[contest]]", "times.grace: is out of bounds"),
        (
            "[[contest]]",
            "[times]\nintake_margin = 300\n[[contest]]",
            "times: the intake margin leaves no time to vote",
        ),
        ("[[contest]]", "[policies]\nminimum_aggregate = 1\n[[contest]]", "policies: the minimum aggregate must be"),
        ("[[contest]]", '[policies]\npublication = "all"\n[[contest]]', "policies.publication: is none of the known"),
        (
            "[[contest]]",
            "[policies]\nbranches = 2\n[[contest]]",
            "unit[1].contests: a ballot of unit club has 3 proof",
        ),
        (
            "[[contest]]",
            "[policies]\nvote_bytes = 99\n[[contest]]",
            "policies.vote_bytes: a vote of unit club can take",
        ),
    ],
)
def test_fault_names_its_place_and_a_way_out(tmp_path: Path, old: str, new: str, said: str | None) -> None:
    assert old in MINIMAL
    changed = MINIMAL.replace(old, new, 1)
    if said is None:
        load(tmp_path, changed)
    else:
        assert said in refused(tmp_path, changed)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            SOUTH.replace('"club"', '"north"'),
            "unit[2].parent: unit south comes before its parent, or its parent does not",
        ),
        (
            SOUTH.replace('parent = "club"\n', ""),
            "unit: the counting units must have exactly one root; leave the parent",
        ),
        (SOUTH.replace('"south"', '"club"'), "unit: two have the same name: unit; give each unit an id of its own"),
        (SOUTH.replace('"club"', '"x"') + SOUTH.replace('"south"', '"x"'), "unit[2].parent: unit south comes before"),
        (
            '[[contest]]\nid = "chair"\ntitle = "T"\nkind = "single"\noptions = ["A", "B"]\n',
            "contest: two have the same",
        ),
        ("[population]\nvoters = 10\nturnout = 1.5\n", "population.turnout: is out of bounds; write a number from 0"),
        ("[population]\nvoters = 10\nturnout = nan\n", "population.turnout: is out of bounds"),
        ("[population]\nvoters = 10\nturnout = 1\nvoting = 5\n", "population.voting: stands beside turnout"),
        ("[population]\n", "population.voters: is missing, and there is no roll; write a number"),
        ("[population]\nvoters = 0\n", "population.voters: is out of bounds; write a whole number of at least 1"),
        ("[population]\nvoters = 11\n", "election.max_ballots: the roll has 11 voters; write at least 11"),
        ("[population]\nvoters = { town = 4 }\n", "population.voters: names a unit that does not exist"),
        (
            "[population]\nvoters = 10\nvoting = 11\n",
            "population.voting: 11 of 10 voters cannot vote; write at most 10",
        ),
        (
            "[population]\nvoters = 10\nrevoting = 6\npaper = 5\n",
            "population: 11 re-vote, vote on paper, lose their card",
        ),
        (
            "[population]\nvoters = 10\nthree_times = 1\n",
            "population.three_times: is more than revoting; write at most 0",
        ),
        ("[population]\nvoters = 10\nverifying = 11\n", "population.verifying: only 10 can; write at most that"),
        (
            "[population]\nvoters = 10\nrevoked_certificates = 2\n",
            "population.revoked_certificates: is out of bounds",
        ),
        (
            '[population]\nvoters = 10\nroll_changes = ["swap"]\n',
            "population.roll_changes: holds an unknown word; write",
        ),
        ('[population]\nvoters = 10\nroll_changes = ["move"]\n', "population.roll_changes: nobody can move with one"),
        (
            '[population]\nvoters = 10\nroll_changes = ["addition"]\n',
            "election.max_ballots: 10 voters and 1 added later",
        ),
    ],
)
def test_fault_of_a_further_section_names_its_place(tmp_path: Path, more: str, said: str) -> None:
    assert said in refused(tmp_path, f"{MINIMAL}\n{more}")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('contest = "mayor"\nweights = [1, 2, 3]', "].contest: there is no such contest; write one of chair"),
        ('contest = "chair"\nweights = [1, 2]', "].weights: 2 weights for 3 options; write one for each option"),
        ('contest = "chair"\nweights = [0, 0, 0]', "].weights: write numbers of at least 0, one of them above 0"),
        ('contest = "chair"\nweights = [1, -1, 1]', "].weights: write numbers of at least 0"),
        ('contest = "chair"\nweights = [1, inf, 1]', "].weights: write numbers of at least 0"),
        ('contest = "chair"\nweights = 1', "].weights: is of the wrong type; write a list of numbers"),
        ('contest = "chair"\nunit = "town"\nweights = [1, 2, 3]', "].unit: there is no such unit with this contest"),
        ('contest = "chair"\nweights = [1, 2, 3]\nwieght = 1', "].wieght: no such key; did you mean weights?"),
    ],
)
def test_fault_of_a_preference_names_its_place(tmp_path: Path, row: str, said: str) -> None:
    found = refused(tmp_path, f"{POPULATION}\n[[population.preferences]]\n{row}\n")
    assert f"e.toml: population.preferences[1{said}" in found


def test_second_preference_for_the_same_voters_is_refused(tmp_path: Path) -> None:
    row = '[[population.preferences]]\ncontest = "chair"\nweights = [1, 2, 3]\n'
    assert "preferences[2]: there is another" in refused(tmp_path, f"{POPULATION}\n{row}{row}")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("max_total = 4", "contest[1].max_total: contest chair: totals 0 to 4 do not fit; write 0 ≤ min_total ≤"),
        ("min_total = 3\nmax_total = 2", "contest[1].max_total: contest chair: totals 3 to 2 do not fit"),
        ("max_per_option = 0", "contest[1].max_per_option: is out of bounds; write a whole number from 1 to 1000"),
        ("max_per_option = 1000", "contest[1].max_total: a proof of contest chair has 3001 branches"),
    ],
)
def test_fault_of_a_vector_contest_names_its_place(tmp_path: Path, lines: str, said: str) -> None:
    assert said in refused(tmp_path, VECTOR.replace('kind = "vector"', f'kind = "vector"\n{lines}'))


def many_options(count: int) -> str:
    options = ", ".join(f'"Option {number}"' for number in range(count))
    return MINIMAL.replace('"A", "B", "Blank vote"', options).replace("= 10\n", "= 16_777_215\n")


def test_122_options_are_possible_and_123_are_not(tmp_path: Path) -> None:
    load(tmp_path, many_options(122))
    said = refused(tmp_path, many_options(123))
    assert said.startswith("e.toml: contest[1].options: contest chair has 123 options: 3072 bits hold 122 counters")
    assert "write fewer options or a smaller max_ballots" in said


def test_what_is_not_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    said = refused(tmp_path, f"[election]\ntitle = \n# {FIRST}")
    assert "e.toml: this is not TOML: " in said
    assert "line 2" in said
    assert "not TOML" in refused(tmp_path, 'a = "\\ud800"')
    assert "not TOML" in refused(tmp_path, f'"{FIRST}" = 1\n"{FIRST}" = 2')


def test_empty_file_is_told_what_it_needs(tmp_path: Path) -> None:
    said = refused(tmp_path, "")
    for place in ("election.title", "election.opens", "election.closes", "contest", "unit"):
        assert f"e.toml: {place}: " in said


def test_file_that_is_missing_or_not_utf8_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"none\.toml: cannot be read"):
        load_definition(tmp_path / "none.toml")
    (tmp_path / "e.toml").write_bytes(b"a = 1\nb = '\xff'\n")
    with pytest.raises(SetupError, match=r"e\.toml: line 2: this is not UTF-8; save"):
        load_definition(tmp_path / "e.toml")


def test_faults_of_both_files_are_told_together_without_codes(tmp_path: Path) -> None:
    text = MINIMAL.replace("max_ballots = 10", "max_ballots = 0").replace('"Chess club"', f'"{FIRST}\\u0000"')
    said = refused(tmp_path, text + f'"{FIRST}" = 1\n', f"name,code,unit\nA,{FIRST},club\nB,{FIRST},club\n")
    assert "e.toml: election.max_ballots" in said
    assert "e.toml: election.title" in said
    assert "r.csv: line 3: code: the same as in line 2" in said


def test_unit_of_a_voter_must_exist(tmp_path: Path) -> None:
    said = refused(tmp_path, MINIMAL, f"name,code,unit\nA,{FIRST},club\nB,{SECOND},town\n")
    assert said == "r.csv: line 3: unit: there is no such unit; write one of club"


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10**6), junk=st.text(max_size=6), cut=st.integers(0, 12))
def test_damaged_definition_is_read_or_refused_without_a_crash(
    tmp_path: Path, place: int, junk: str, cut: int
) -> None:
    text = (TEMPLATE / "election.toml").read_text(encoding="utf-8").replace('roll = "roll.csv"', "")
    at = place % len(text)
    damaged = text[:at] + junk + text[at + cut :]
    (tmp_path / "e.toml").write_bytes(damaged.encode("utf-8", "surrogatepass"))
    try:
        load_definition(tmp_path / "e.toml")
    except SetupError as error:
        said = str(error)
    else:
        said = ""
    assert not CODE.search(said)
