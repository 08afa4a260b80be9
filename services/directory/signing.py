"""The key that tokens are signed with, read once from its file, and the tokens that it signs."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import uuid4

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from contracts.directory import KeyV1, StaffV1
from contracts.values import Role
from services.directory.settings import DirectorySettings
from web.tokens import TokenClaims, sign


class UnusableSecret(Exception):  # noqa: N818 -- says what it is
    """A file that the process cannot start without; its text says which and what to do, in both languages."""

    def __init__(self, variable: str, file: Path | None, why_vi: str, why_en: str) -> None:
        super().__init__(f"{variable}={file or ''}: {why_vi} / {why_en}")


@lru_cache(maxsize=4)
def signing_key(file: Path | None) -> Mapping[str, str]:
    """The private JWK; raises UnusableSecret."""
    raw = read_secret("MOTCUA_SIGNING_KEY_FILE", file)
    try:
        private: dict[str, str] = json.loads(raw)
        KeyV1(kid=private["kid"], jwk=_public(private), valid_from=datetime.fromisoformat("2000-01-01T00:00:00+00:00"))
        sound = private["crv"] == "Ed25519" and "d" in private
    except (ValueError, TypeError, KeyError, JoseError):
        sound = False
    if not sound:
        raise UnusableSecret(
            "MOTCUA_SIGNING_KEY_FILE",
            file,
            "không phải khóa riêng Ed25519 dạng JWK có kid.",
            "is no private Ed25519 key as a JWK with a kid.",
        )
    return private


def read_secret(variable: str, file: Path | None) -> str:
    if file is None:
        raise UnusableSecret(variable, None, "chưa đặt; hãy chỉ đến tệp.", "is not set; name the file.")
    try:
        found = file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = type(error).__name__
        raise UnusableSecret(variable, file, f"không đọc được ({why}).", f"cannot be read ({why}).") from error
    if not found:
        raise UnusableSecret(variable, file, "tệp trống.", "the file is empty.")
    return found


def public_key(private: Mapping[str, str], now: datetime) -> KeyV1:
    return KeyV1(kid=private["kid"], jwk=_public(private), valid_from=now)


def _public(private: Mapping[str, str]) -> dict[str, str]:
    key = OKPKey.import_key(dict(private)).as_dict(private=False)
    return {name: str(value) for name, value in key.items()}


def issue(staff: StaffV1, settings: DirectorySettings, now: datetime) -> tuple[str, TokenClaims]:
    """A token for one shift."""
    return _issue(staff, signing_key(settings.signing_key_file), now, settings.shift)


def _issue(staff: StaffV1, private: Mapping[str, str], now: datetime, lifetime: timedelta) -> tuple[str, TokenClaims]:
    roles: dict[str, set[Role]] = {}
    for post in staff.posts:
        roles.setdefault(post.unit, set()).add(post.role)
    claims = TokenClaims.issue(
        staff_id=staff.id,
        username=staff.username,
        name=staff.name,
        roles=roles,
        sid=uuid4().hex,
        at=now,
        lifetime=lifetime,
    )
    return sign(claims, private), claims
