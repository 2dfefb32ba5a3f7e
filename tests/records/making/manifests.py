"""K1, K2: manifests that are not as the authority signed them, or as the floors of chapter 12 want them."""

# ruff: noqa: E501 – tables: one case a line

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.encoding.octets import from_base64url, to_base64url
from common.messages.acts import Signed, sign_document
from common.messages.manifest import Manifest, SingleContest, Unit, fingerprint
from common.messages.message import encode
from tests.claims.dossier import Dossier, with_document
from tests.records.making.case import Files, Pins, Tampered, record_of, whole
from tests.records.making.elections import play_small, under

MANIFEST = "public/manifest.json"
AUTHORITY = ("election authority",)
EVERYBODY = ("election authority", "collector", "witnesses", "processor", "trustees")


# --- K1


def _named(small: Dossier, signed: Signed) -> Files:
    """The record with this manifest, and its fingerprint where no signature is."""
    name = fingerprint(signed.body)  # type: ignore[arg-type]
    accounting, sets = replace(small.accounting, fingerprint=name), replace(small.sets, fingerprint=name)
    return {**record_of(replace(small, accounting=accounting, sets=sets)), MANIFEST: encode(signed)}


def _k1(small: Dossier) -> list[Tampered]:
    files, pins, rules = record_of(small), Pins.of(small), small.world.election.manifest
    foreign = sign_document(rules, Ed25519PrivateKey.generate())
    renamed = replace(small.manifest, body=replace(rules, title="Another election"))
    changed = Pins(pins.authority, fingerprint(renamed.body))  # type: ignore[arg-type]
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    return [
        Tampered("K1", "signed-by-somebody", "toy-small", with_document(files, MANIFEST, foreign), "The manifest is signed with a key that is not the authority's", ("processor",)),
        Tampered("K1", "changed-after-signing", "toy-small", _named(small, renamed), "The manifest's title is changed after signing, and the changed one's fingerprint pinned", ("processor",), pins=changed),
        Tampered("K1", "another-fingerprint", "toy-small", files, "The fingerprint that was announced is another one", AUTHORITY, pins=replace(pins, fingerprint="ef" * 32)),
        Tampered("K1", "another-authority", "toy-small", files, "The authority that is pinned is another one", ("processor",), pins=replace(pins, authority=stranger)),
        Tampered("K1", "roll-in-its-place", "toy-small", with_document(files, MANIFEST, small.world.roll), "Where the manifest should be is another document that the authority signed", ("processor",), ("F1",)),
    ]  # fmt: skip


# --- K2


def _times(rules: Manifest, **fields: object) -> Manifest:
    return replace(rules, times=replace(rules.times, **fields))  # type: ignore[arg-type]


def _policies(rules: Manifest, **fields: object) -> Manifest:
    return replace(rules, policies=replace(rules.policies, **fields))  # type: ignore[arg-type]


def _key(rules: Manifest, **fields: object) -> Manifest:
    return replace(rules, key=replace(rules.key, **fields))  # type: ignore[arg-type]


def _second_witness(rules: Manifest, **fields: object) -> Manifest:
    first, second, third = rules.witnesses.members
    members = (first, replace(second, **fields), third)  # type: ignore[arg-type]
    return replace(rules, witnesses=replace(rules.witnesses, members=members))


def _unit(rules: Manifest, position: int, **fields: object) -> Manifest:
    units = list(rules.units)
    units[position] = replace(units[position], **fields)  # type: ignore[arg-type]
    return replace(rules, units=tuple(units))


def _contest(rules: Manifest, position: int, **fields: object) -> Manifest:
    contests = list(rules.contests)
    contests[position] = replace(contests[position], **fields)  # type: ignore[arg-type]
    return replace(rules, contests=tuple(contests))


def _number(rules: Manifest, value: int) -> str:
    """An integer in the fixed length of this key's."""
    return to_base64url(value.to_bytes(len(from_base64url(rules.key.base)), "big"))


def modulus(rules: Manifest) -> int:
    return int.from_bytes(from_base64url(rules.key.public_key["n"]), "big")


def _without_headroom(rules: Manifest) -> Manifest:
    """Eight options of 53 bits and more each do not fit into 512 − 130."""
    options = tuple(f"Option {number}" for number in range(1, 9))
    contests = (SingleContest("single", "board", "Who chairs the board?", options), *rules.contests[1:])
    return replace(rules, contests=contests, max_ballots=2**53 - 1)


_K2: tuple[tuple[str, Callable[[Manifest], Manifest], str], ...] = (
    ("threshold-one", lambda m: _key(m, threshold=1), "One trustee is enough"),
    ("trustee-without-key", lambda m: replace(m, trustees=m.trustees[:2]), "There are more verification keys than trustees"),
    ("hostile-over-quorum", lambda m: replace(m, witnesses=replace(m.witnesses, hostile=1)), "The quorum does not stand the hostile witnesses that it says it does"),
    ("one-key-two-witnesses", lambda m: _second_witness(m, key=m.witnesses.members[0].key), "Two witnesses have the same key"),
    ("one-name-two-witnesses", lambda m: _second_witness(m, name=m.witnesses.members[0].name), "Two witnesses have the same name"),
    ("log-key-of-a-witness", lambda m: _second_witness(m, key=m.log.key), "A witness has the log's key"),
    ("log-name-of-a-witness", lambda m: _second_witness(m, name=m.log.origin), "A witness has the log's name"),
    ("closes-before-it-opens", lambda m: _times(m, opens=m.times.closes, closes=m.times.opens), "The end of voting stands before the opening"),
    ("max-age-over-a-day", lambda m: _times(m, max_age=86_401), "max_age is a day and a second"),
    ("margin-as-long-as-grace", lambda m: _times(m, intake_margin=m.times.grace), "The intake margin leaves no grace"),
    ("two-roots", lambda m: replace(m, units=(*m.units, Unit("abroad", "Abroad", None, ("board", "wishes")))), "Two units have no parent"),
    ("parent-after-child", lambda m: replace(m, units=(m.units[1], m.units[0], *m.units[2:])), "A unit stands before its parent"),
    ("no-common-ancestor", lambda m: _unit(m, 0, contests=("board",)), "Two units have a contest that their common ancestor has not"),
    ("option-twice", lambda m: _contest(m, 0, options=("Ada", "Ada", "Blank vote")), "A contest has an option twice"),
    ("totals-beyond-options", lambda m: _contest(m, 1, max_total=3), "max_total is more than all options together can have"),
    ("too-many-branches", lambda m: _policies(m, branches=3), "A unit's contests take more branches than the policy allows"),
    ("branches-over-the-cap", lambda m: _policies(m, branches=2_001), "The policy allows more branches than the floor does"),
    ("no-headroom", _without_headroom, "A contest's options do not fit below the headroom"),
    ("even-modulus", lambda m: _key(m, public_key={"n": _number(m, modulus(m) - 1)}), "n is even"),
    ("short-modulus", lambda m: _key(m, public_key={"n": _number(m, modulus(m) >> 1 | 1)}), "n has 511 bits where the parameters have 512"),
    ("base-not-reduced", lambda m: _key(m, base=_number(m, modulus(m) + 1)), "The base v is n + 1"),
    ("root-is-no-certificate", lambda m: replace(m, eid_roots=("AAAA",)), "An eID root is no certificate"),
)  # fmt: skip


def _k2(small: Dossier) -> list[Tampered]:
    """Manifests that the authority signed; two of them with a whole election under them."""
    authority, rules = small.world.authority, small.world.election.manifest
    found = []
    for name, lower, title in _K2:
        changed = lower(rules)
        pins = Pins(authority.public_key, fingerprint(changed))
        found.append(
            Tampered("K2", name, "toy-small", _named(small, authority.sign(changed)), title, AUTHORITY, pins=pins)
        )
    alone = under(small.world, _policies(rules, minimum_aggregate=1))
    quorum = under(small.world, replace(rules, witnesses=replace(rules.witnesses, quorum=1)))
    found.append(
        whole(
            "K2",
            "single-ballots-opened",
            play_small(alone),
            "A whole election in which a pool of one ballot is opened",
            EVERYBODY,
        )
    )
    found.append(
        whole(
            "K2",
            "quorum-of-one",
            play_small(quorum),
            "A whole election in which one witness of three is enough",
            EVERYBODY,
        )
    )
    return found


def cases(small: Dossier) -> list[Tampered]:
    return [*_k1(small), *_k2(small)]
