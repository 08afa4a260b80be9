"""Keys: what is sealed opens for its dossier alone, and a missing or wrong key is said by name before anything starts."""

import json
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import ECKey
from pydantic import ValidationError

from chassis.secret_files import UnusableSecret
from services.intake.adapters import seal
from services.intake.adapters.keys import Keys, Unopenable, keys_of
from services.intake.domain.applicant import Applicant, GivenApplicant
from tests.support.intake_events import APPLICANT, read_by_post, write_keys
from tests.support.intake_world import settings


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return write_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def keys(files: dict[str, Path]) -> Keys:
    return keys_of(settings(files))


@given(text=st.binary(max_size=2000), dossier=st.text("d-0123456789abcdef", min_size=1, max_size=34))
def test_what_is_sealed_opens_for_its_dossier_alone(keys: Keys, text: bytes, dossier: str) -> None:
    sealed = keys.seal(dossier, text)
    assert keys.open(dossier, sealed) == text
    assert keys.seal(dossier, text) != sealed, "never the same bytes for the same text"
    with pytest.raises(Unopenable):
        keys.open(dossier + "x", sealed)


@given(position=st.integers(0, 10**6))
def test_one_changed_byte_and_nothing_opens(keys: Keys, position: int) -> None:
    sealed = bytearray(keys.seal("d-1", b"Nguy\xe1\xbb\x85n"))
    sealed[position % len(sealed)] ^= 1
    with pytest.raises(Unopenable):
        keys.open("d-1", bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + b"0" * 12, b"\x02" + b"0" * 40])
def test_rubbish_does_not_open(keys: Keys, sealed: bytes) -> None:
    with pytest.raises(Unopenable):
        keys.open("d-1", sealed)


@given(value=st.text(max_size=50))
def test_indexes_find_equal_values_of_one_kind_only(keys: Keys, value: str) -> None:
    assert keys.index("identity", value) == keys.index("identity", value)
    assert keys.index("identity", value) != keys.index("telephone", value)


def test_applicant_and_secret_come_back(keys: Keys) -> None:
    applicant = Applicant.model_validate(APPLICANT)
    sealed = seal.seal_applicant(keys, "d-1", applicant)
    assert seal.open_applicant(keys, "d-1", sealed.sealed) == applicant
    secret = seal.open_secret(keys, "d-1", sealed.secret_sealed)
    assert seal.is_secret(keys, "d-1", secret.lower(), sealed.secret_index)
    assert not seal.is_secret(keys, "d-2", secret, sealed.secret_index)
    assert APPLICANT["name"].encode() not in sealed.sealed


def test_identity_numbers_are_one_however_they_are_written() -> None:
    numbers = {
        model.model_validate(APPLICANT | {"identity_number": n}).identity_number
        for n in ("b 123 456", "B.123456 ", "Ｂ123\u200b456")
        for model in (Applicant, GivenApplicant)
    }
    assert numbers == {"B123456"}
    with pytest.raises(ValidationError):
        GivenApplicant.model_validate(APPLICANT | {"identity_number": "không"})


@given(
    number=st.from_regex(r"\A[A-Z0-9][A-Z0-9._:-]{0,79}\Z"),
    telephone=st.none() | st.from_regex(r"\A\+84[0-9]{8,10}\Z"),
    name=st.text("Lê\u202e\u200b\n\t", min_size=1).filter(str.strip),
)
def test_whoever_was_taken_in_before_can_still_be_read(keys: Keys, number: str, telephone: str | None, name: str) -> None:
    kept = {"name": name, "identity_number": number, "address": "Thôn Mẫu", "telephone": telephone}
    applicant = seal.open_applicant(keys, "d-1", keys.seal("d-1", json.dumps(kept).encode()))
    assert seal.seal_applicant(keys, "d-1", applicant).identity_index == seal.identity_index(keys, applicant.identity)
    assert Applicant.model_validate_json(applicant.model_dump_json(exclude_none=True)) == applicant


def test_only_the_post_reads_the_recipient(keys: Keys, files: dict[str, Path]) -> None:
    token = seal.recipient_for_post(keys, Applicant.model_validate(APPLICANT))
    assert read_by_post(files, token)["address"] == APPLICANT["address"]
    with pytest.raises(Unopenable):
        keys.from_post(token)


@pytest.mark.parametrize("token", ["", "a.b.c.d.e", "....", "eyJhbGciOiJub25lIn0.e30.", "🙂"])
def test_rubbish_from_the_post_is_unopenable(keys: Keys, token: str) -> None:
    with pytest.raises(Unopenable):
        keys.from_post(token)


def test_the_longest_person_fits_the_order() -> None:
    longest = "ễ" * 500
    applicant = Applicant(name=longest, address=longest, identity_number="1", telephone="0912345678")
    key = ECKey.generate_key("P-256", private=True)
    token = seal.recipient_for_post(Keys(field=AESGCM(b"0" * 32), hmac=b"0" * 32, own=key, post=key), applicant)
    assert len(token) <= 8000


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("field_key_file", "MOTCUA_FIELD_KEY_FILE"),
        ("hmac_key_file", "MOTCUA_HMAC_KEY_FILE"),
        ("intake_key_file", "MOTCUA_INTAKE_KEY_FILE"),
        ("post_public_key_file", "MOTCUA_POST_PUBLIC_KEY_FILE"),
    ],
)
@pytest.mark.parametrize("content", [None, "", "rubbish", urlsafe_b64encode(b"short").decode(), json.dumps({"kty": "oct"}), "ễ"])
def test_missing_or_wrong_key_is_named_in_both_languages(
    files: dict[str, Path], tmp_path: Path, name: str, variable: str, content: str | None
) -> None:
    wrong = tmp_path / name
    if content is not None:
        wrong.write_text(content)
    with pytest.raises(UnusableSecret, match=variable) as fault:
        keys_of(settings(files | {name: wrong}))
    assert " / " in str(fault.value)
    with pytest.raises(UnusableSecret, match="is not set"):
        keys_of(settings({kept: path for kept, path in files.items() if kept != name}))


def test_public_key_where_the_private_one_belongs(files: dict[str, Path]) -> None:
    with pytest.raises(UnusableSecret, match="the public key only"):
        keys_of(settings(files | {"intake_key_file": files["post_public_key_file"]}))


def test_keys_do_not_show_themselves(keys: Keys) -> None:
    assert "0" * 8 not in repr(keys)
    assert "object at" in repr(keys)
