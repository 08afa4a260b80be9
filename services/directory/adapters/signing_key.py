"""The key that tokens are signed with, read once from its file, and the tokens that it signs."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final
from uuid import uuid4

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from chassis.secret_files import UnusableSecret, read_secret
from contracts.directory import KeyV1, StaffV1
from web.tokens import TokenClaims, sign

_VARIABLE: Final = "MOTCUA_SIGNING_KEY_FILE"
_ANY_MOMENT: Final = datetime(2000, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=4)
def signing_key(file: Path | None) -> Mapping[str, str]:
    """The private JWK; raises UnusableSecret."""
    raw = read_secret(_VARIABLE, file)
    try:
        private: dict[str, str] = json.loads(raw)
        public_key(private, _ANY_MOMENT)
        sound = private["crv"] == "Ed25519" and "d" in private
    except (ValueError, TypeError, KeyError, JoseError):
        sound = False
    if not sound:
        vi, en = "không phải khóa riêng Ed25519 dạng JWK có kid.", "is no private Ed25519 key as a JWK with a kid."
        raise UnusableSecret(_VARIABLE, file, vi=vi, en=en)
    return private


def fingerprint_secret(file: Path | None) -> bytes:
    """The key under which fingerprints of imports are kept: the files hold first passwords."""
    return hmac.digest(signing_key(file)["d"].encode(), b"fingerprints of imports", hashlib.sha256)


def public_key(private: Mapping[str, str], now: datetime) -> KeyV1:
    """What others verify with; `now` is when it becomes valid."""
    public = OKPKey.import_key(dict(private)).as_dict(private=False)
    return KeyV1(kid=private["kid"], jwk={name: str(value) for name, value in public.items()}, valid_from=now)


def issue_token(staff: StaffV1, private: Mapping[str, str], *, now: datetime, lifetime: timedelta) -> tuple[str, TokenClaims]:
    """A token that says which roles the person holds in which units."""
    claims = TokenClaims.issue(
        staff_id=staff.id,
        username=staff.username,
        name=staff.name,
        roles=staff.roles(),
        sid=uuid4().hex,
        at=now,
        lifetime=lifetime,
    )
    return sign(claims, private), claims
