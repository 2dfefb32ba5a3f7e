"""The attacks of the laboratory, in the order of docs/threat-model.md."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from common.errors import SetupError
from scenarios.laboratory import Scenario

NAMES = (
    # who votes
    "not_on_roll",
    "stale_roll",
    "foreign_certificate",
    "authentication_certificate",
    "stolen_revoked_card",
    "replayed_ocsp",
    "forged_signature",
    "others_session",
    "paper_vote_too",
    "roll_changed_secretly",
    "forged_roll_change",
    "roll_overfilled",
    "false_election",
    "floors_too_low",
    # what a ballot says
    "overvote",
    "negative_vote",
    "thousand_votes",
    "copied_ballot",
    "renamed_ballot",
    "relabelled_unit",
    "unit_relabelled_later",
    "contests_swapped",
    "options_swapped",
    "weak_fiat_shamir",
    "poisoned_elements",
    "sign_flips",
    "reused_seed",
    # when and how often
    "replay_old_vote",
    "collector_reorders",
    "withheld_revote",
    "late_votes",
    "early_close",
    "vote_after_close",
    "closed_twice",
    "reopened_by_extension",
    "extension_without_limit",
    "forged_extension",
    # the voter's own computer
    "lying_client",
    "pereira_crash_and_recast",
    "silent_revote",
    "silenced_notices",
    "receipt_of_nothing",
    "unsigned_vote_shown",
    # the collector
    "clash_receipts",
    "receipt_without_entry",
    "split_view",
    "dropped_vote",
    "withheld_checkpoint",
    "extension_made_late",
    "rolled_back_log",
    "witness_restarted_with_old_head",
    "stuffed_votes",
    "excluded_without_cause",
    "lost_from_the_box",
    "never_logged",
    "power_cut",
    "log_nobody_saw",
    "log_of_the_witnesses",
    "ended_by_nobody",
    # the count
    "single_ballot_as_aggregate",
    "overlapping_merge",
    "two_final_trees",
    "counted_though_abandoned",
    "abandoned_result_published",
    "wrong_share",
    "t_minus_1_trustees",
    "announced_result_changed",
    "totals_changed",
    "hidden_exclusion",
    "added_file",
    "many_primes_dealer",
    "two_openings_dealer",
    # secrecy, availability, and what remains
    "small_unit_alone",
    "code_seen_later",
    "coercion_revote",
    "flood",
    "oversized_vote",
    "huge_request",
    "slow_request",
    "many_requests",
    "t_trustees_collude",
    "isolation",
    "vote_seller",
    "replaced_vote_as_latest",
)


def registry() -> Mapping[str, Scenario]:
    """Every scenario by its name, which is that of its file in `scenarios/attacks`."""
    found = {name: import_module(f"scenarios.attacks.{name}").SCENARIO for name in NAMES}
    return MappingProxyType(found)


def scenario(name: str) -> Scenario:
    """The scenario of that name; `SetupError` if there is none."""
    found = registry()
    if name not in found:
        raise SetupError(f"there is no scenario {name}; `valik scenario list` shows all")
    return found[name]
