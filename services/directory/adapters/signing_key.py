"""The key that tokens are signed with, read anew when its file is replaced, and the tokens that it signs.

The file is a private JWK with one member more, `voucher`: what the installation's root key says about it.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final
from uuid import uuid4

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from chassis.secret_files import UnusableSecret, read_secret
from contracts.directory import StaffV1
from web.tokens import BadToken, TokenClaims, sign
from web.vouchers import RootKeys, Voucher

_VARIABLE: Final = "MOTCUA_SIGNING_KEY_FILE"
Stamp = tuple[int, int]


def signing_key(file: Path | None) -> Mapping[str, str]:
    """The private JWK; raises UnusableSecret."""
    return _read(file, _stamp(file))


def _stamp(file: Path | None) -> Stamp | None:
    """Another one for another file under the same name."""
    try:
        status = None if file is None else file.stat()
    except OSError:
        return None
    return None if status is None else (status.st_ino, status.st_mtime_ns)


@lru_cache(maxsize=4)
def _read(file: Path | None, _: Stamp | None) -> Mapping[str, str]:
    raw = read_secret(_VARIABLE, file)
    try:
        private: dict[str, str] = json.loads(raw)
        OKPKey.import_key(dict(private))
        sound = private["crv"] == "Ed25519" and {"d", "kid"} <= private.keys()
    except (ValueError, TypeError, KeyError, JoseError):
        sound = False
    if not sound:
        vi, en = "không phải khóa riêng Ed25519 dạng JWK có kid.", "is no private Ed25519 key as a JWK with a kid."
        raise UnusableSecret(_VARIABLE, file, vi=vi, en=en)
    return private


def fingerprint_secret(file: Path | None) -> bytes:
    """The key under which fingerprints of imports are kept: the files hold first passwords."""
    return hmac.digest(signing_key(file)["d"].encode(), b"fingerprints of imports", hashlib.sha256)


def voucher_of(file: Path | None, roots: RootKeys) -> tuple[str, Voucher]:
    """The voucher of the key in the file, as it stands there and as it reads. Raises UnusableSecret."""
    private = signing_key(file)
    text = str(private.get("voucher", ""))
    try:
        voucher = roots.read(text)
    except BadToken:
        voucher = None
    if voucher is None or (voucher.kid, voucher.x) != (private["kid"], private["x"]):
        vi = "khóa chưa được khóa gốc trong MOTCUA_ROOT_KEYS chứng nhận; hãy chạy motcua up."
        en = "no root key in MOTCUA_ROOT_KEYS vouches for it; run motcua up."
        raise UnusableSecret(_VARIABLE, file, vi=vi, en=en)
    return text, voucher


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
