"""The mock country: people, cards, authority."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from common.eid import auth_token, ocsp, signing
from common.eid.certificates import Purpose, verify_voter_certificate
from common.eid.personal_code import voter_id
from common.errors import IdentityError
from scenarios.country.authority import EidAuthority
from scenarios.country.ocsp_responder import OcspResponder
from scenarios.country.population import MEN, SURNAMES, WOMEN, people
from scenarios.country.register import FileRegister
from voter_client.software_card import VoterToken

NOW = 1_800_000_000
ORIGIN = "https://collector.example"
NONCE = base64.b64encode(bytes(32)).decode()
AUTHORITY = EidAuthority(lambda: NOW)
PERSON = people(1, seed=21)[0]
CARD = AUTHORITY.issue(PERSON)


def test_population_is_the_same_for_a_seed_and_another_for_another() -> None:
    assert people(50, seed=1) == people(50, seed=1)
    assert people(50, seed=1) == people(80, seed=1)[:50]
    assert people(50, seed=1) != people(50, seed=2)


def test_population_has_valid_distinct_codes() -> None:
    crowd = people(2_000, seed=4)
    assert len({person.code for person in crowd}) == 2_000
    for person in crowd:
        assert voter_id(person.code) == f"PNOEE-{person.code}"
        assert (person.given_name in WOMEN) == (person.code[0] in "46")
        assert person.name == f"{person.given_name} {person.surname}"


def test_names_are_many_and_estonian() -> None:
    assert len(set(WOMEN)) + len(set(MEN)) >= 80
    assert not set(WOMEN) & set(MEN)
    assert len(set(SURNAMES)) == len(SURNAMES) >= 120
    for names in (WOMEN + MEN, SURNAMES):
        assert set("õäöü") - set("".join(names).lower()) <= {"ö"}


@pytest.mark.parametrize("count", [-1, 1_000_001])
def test_impossible_population_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="between"):
        people(count, seed=1)


def test_card_signs_authenticates_and_has_a_status() -> None:
    assert CARD.voter_id == voter_id(PERSON.code)
    assert CARD.name == PERSON.name.upper()
    token = CARD.authenticate(ORIGIN, NONCE)
    assert auth_token.verify(token, ORIGIN, NONCE, NOW, AUTHORITY.anchors).voter_id == CARD.voter_id
    parsed = signing.parse(CARD.sign(b"{}", NOW))
    signer = verify_voter_certificate(parsed.chain, Purpose.SIGNATURE, NOW, AUTHORITY.anchors)
    signing.verify(parsed, signer.public_key)
    nonce = signing.ocsp_nonce(parsed)
    response = OcspResponder(AUTHORITY).respond(ocsp.build_request(signer.certificate, signer.issuer, nonce))
    ocsp.verify_response(response, signer.certificate, signer.issuer, nonce, NOW, 0, AUTHORITY.anchors)


def test_authority_pins_what_its_cards_need() -> None:
    assert len(AUTHORITY.pinned) == len(AUTHORITY.anchors.roots) == 1


def test_authority_revokes_only_its_own_cards() -> None:
    with pytest.raises(IdentityError, match="did not issue"):
        EidAuthority(lambda: NOW).revoke(CARD)


@pytest.mark.parametrize("kept", ["in memory", "in a file"])
def test_card_reissued_twice_leaves_one_good_card(tmp_path: Path, kept: str) -> None:
    """And nobody else loses theirs."""
    authority = EidAuthority(lambda: NOW, register=FileRegister(tmp_path / "issued") if kept == "in a file" else None)
    person, other = people(2, seed=22)
    lost, others = authority.issue(person), authority.issue(other)
    first = authority.replace(lost)
    assert good(authority, first)
    second = authority.replace(lost)
    assert [good(authority, card) for card in (lost, first, second, others)] == [False, False, True, True]
    assert (second.voter_id, second.name) == (lost.voter_id, lost.name)
    with pytest.raises(IdentityError, match="did not issue"):
        authority.replace(CARD)


def good(authority: EidAuthority, card: VoterToken) -> bool:
    """Whether both certificates of a card are; that one is and one is not is a fault."""
    found = [authority.status(slot.certificate.serial_number) for slot in (card.authentication, card.signature)]
    (state,) = {issued is not None and issued.revoked_at is None for issued in found}
    return state


def test_card_survives_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "card"
    CARD.save(folder, "1234", "12345")
    loaded = VoterToken.load(folder, "1234", "12345")
    assert (loaded.voter_id, loaded.name) == (CARD.voter_id, CARD.name)
    loaded.authenticate(ORIGIN, NONCE)
    signing.parse(loaded.sign(b"{}", NOW))


def test_folder_is_its_owners_and_keys_are_sealed(tmp_path: Path) -> None:
    folder = tmp_path / "card"
    folder.mkdir(mode=0o755)
    CARD.save(folder, "1234", "12345")
    assert folder.stat().st_mode & 0o777 == 0o700
    for file in folder.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
    for name in ("authentication", "signature"):
        with pytest.raises(TypeError):
            load_pem_private_key((folder / f"{name}.key").read_bytes(), None)


def test_wrong_pin_is_refused(tmp_path: Path) -> None:
    CARD.save(tmp_path / "card", "1234", "12345")
    with pytest.raises(IdentityError, match="PIN1 is wrong"):
        VoterToken.load(tmp_path / "card", "4321", "12345")
    with pytest.raises(IdentityError, match="PIN2 is wrong"):
        VoterToken.load(tmp_path / "card", "1234", "54321")


def test_each_pin_opens_its_own_key_only(tmp_path: Path) -> None:
    CARD.save(tmp_path / "card", "1234", "12345")
    login_only = VoterToken.load(tmp_path / "card", pin1="1234")
    login_only.authenticate(ORIGIN, NONCE)
    with pytest.raises(IdentityError, match="needs PIN2"):
        login_only.sign(b"{}", NOW)
    with pytest.raises(IdentityError, match="needs PIN1"):
        VoterToken.load(tmp_path / "card", pin2="12345").authenticate(ORIGIN, NONCE)


@pytest.mark.parametrize(
    ("pin1", "pin2"), [("123", "12345"), ("1234", "1234"), ("12a4", "12345"), ("1234", "１２３４５")]
)
def test_pin_in_another_form_is_refused(tmp_path: Path, pin1: str, pin2: str) -> None:
    with pytest.raises(IdentityError, match="digits"):
        CARD.save(tmp_path / "card", pin1, pin2)


def test_folder_without_a_card_or_with_a_mixed_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IdentityError, match="no readable ID card"):
        VoterToken.load(tmp_path)
    other = AUTHORITY.issue(people(2, seed=21)[1])
    CARD.save(tmp_path / "one", "1234", "12345")
    other.save(tmp_path / "two", "1234", "12345")
    (tmp_path / "two" / "signature.crt").replace(tmp_path / "one" / "signature.crt")
    with pytest.raises(IdentityError, match="belong together"):
        VoterToken.load(tmp_path / "one", "1234", "12345")
