"""A voucher counts if a root key signed it, for this key and this version; everything else is nobody's word."""

from datetime import timedelta
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey
from pydantic import ValidationError

from tests.support.reference_data import (
    KEY_ID,
    LONG_AFTER,
    LONG_AGO,
    PRIVATE_KEY,
    ROOT_KEYS,
    ROOT_PRIVATE,
    ROOTS,
    vouched,
    voucher,
)
from web.tokens import BadToken, new_signing_key
from web.vouchers import TYPE, RootKeys, vouch

STRANGER, STRANGERS_PUBLIC = new_signing_key("stranger")


def signed(payload: bytes, key: dict[str, str] = ROOT_PRIVATE, **header: str) -> str:
    return jws.serialize_compact({"alg": "Ed25519"} | header, payload, OKPKey.import_key(dict(key)), algorithms=["Ed25519"])


def test_what_the_root_key_signed_is_read_as_it_was_said() -> None:
    assert ROOTS.read(vouched()) == voucher()
    assert ROOTS.vouched(vouched(), KEY_ID, 1) == voucher()
    assert voucher().jwk == {name: value for name, value in PRIVATE_KEY.items() if name != "d"}


@pytest.mark.parametrize(
    ("text", "kid", "version"),
    [
        (None, KEY_ID, 1),
        ("", KEY_ID, 1),
        ("a.b.c", KEY_ID, 1),
        (vouched(), "stranger", 1),
        (vouched(), KEY_ID, 2),
        (vouched(version=2), KEY_ID, 1),
        (vouched(revoked=True), KEY_ID, 1),
        (vouch(voucher(), STRANGER), KEY_ID, 1),
        (vouch(voucher(), PRIVATE_KEY), KEY_ID, 1),
        (signed(voucher().model_dump_json().encode()), KEY_ID, 1),
        (signed(voucher().model_dump_json().encode(), typ="JWT"), KEY_ID, 1),
        (signed(b"{}", typ=TYPE), KEY_ID, 1),
        (vouched() + "A" * 3000, KEY_ID, 1),
    ],
    ids=[
        *("none", "empty", "rubbish", "another key's", "of before", "of later", "revoked", "a stranger's", "its own"),
        *("no type", "another type", "another shape", "too long"),
    ],
)
def test_nothing_else_vouches_for_a_key(text: str | None, kid: str, version: int) -> None:
    assert ROOTS.vouched(text, kid, version) is None


def test_any_of_several_root_keys_may_vouch_and_none_vouches_for_nothing() -> None:
    both = RootKeys.of(f" {STRANGERS_PUBLIC['x']}, {ROOT_KEYS} ")
    assert both.read(vouched()) == voucher()
    assert both.read(vouch(voucher(), STRANGER)) == voucher()
    with pytest.raises(BadToken):
        RootKeys.of("").read(vouched())


@pytest.mark.parametrize(
    "text", ["abc", "ệ" * 43, ROOT_KEYS[:-3], f"{ROOT_KEYS},x"], ids=["short", "other letters", "cut off", "one of two"]
)
def test_what_is_no_root_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="Ed25519"):
        RootKeys.of(text)


@pytest.mark.parametrize(
    "changes",
    [{"until": LONG_AGO}, {"since": LONG_AFTER}, {"version": 0}, {"version": 2**31}, {"x": "short"}, {"kid": ""}, {"more": 1}],
    ids=lambda changes: next(iter(changes)),
)
def test_a_voucher_that_makes_no_sense_cannot_be_said(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        voucher(**changes)


def test_a_key_that_lasts_a_moment_is_a_key() -> None:
    assert voucher(until=LONG_AGO + timedelta(microseconds=1)).until > LONG_AGO
