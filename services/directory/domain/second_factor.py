"""A second factor: six digits that an app makes of a shared secret and the time (RFC 6238); codes on paper for when it is lost.

What is checked here is used up by it: of the digits the step of time is kept, of the codes on paper the hash goes.
"""

import hashlib
import hmac
import secrets
from base64 import b32encode
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlencode

from contracts.directory import StaffV1
from contracts.refusal import Invalid, Refusal
from contracts.values import Role

STEP_SECONDS: Final = 30
DIGITS: Final = 6
DRIFT: Final = 1
"""Steps by which a telephone's clock may be off, either way."""
SECRET_BYTES: Final = 20
MOST_WRONG: Final = 10
WITHIN: Final = timedelta(hours=1)
"""From wherever they come: beyond so many wrong codes for an account the second step is closed for as long again."""
CODES: Final = 10
_GROUPS, _GROUP = 5, 5
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that reads like something else on paper. Twenty-five of them are 123 bits, so that a plain hash will do."""
OWED_BY: Final = frozenset({Role.ADMIN, Role.LEADER, Role.OPERATOR})
"""Who can change what others may do, or answers for a unit."""


class CodeNeeded(Refusal):
    """The password was right."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            "code-needed",
            vi="Tài khoản này cần thêm mã 6 số trên điện thoại của bạn. Hãy nhập mật khẩu và mã.",
            en="This account also needs the six digits on your telephone. Enter the password and the code.",
            field="code",
        )


class WrongCode(Refusal):
    """Wrong, of another time, or used before."""

    status = HTTPStatus.UNAUTHORIZED

    def __init__(self) -> None:
        super().__init__(
            "wrong-code",
            vi="Mã không đúng hoặc đã dùng. Hãy chờ mã tiếp theo trên điện thoại rồi nhập lại.",
            en="The code is not right, or it was used. Wait for the next one on your telephone and enter that.",
            field="code",
        )


class TooManyCodes(Refusal):
    """Whoever gets here has the password: no stranger closes the second step to its owner."""

    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, seconds: int) -> None:
        minutes = -(-seconds // 60)
        super().__init__(
            "too-many-codes",
            vi=f"Nhập sai mã nhiều lần. Hãy thử lại sau {minutes} phút.",
            en=f"Too many wrong codes. Try again in {minutes} minutes.",
        )
        self.retry_after = seconds


class FactorOwed(Refusal):
    """The password was right, and it is not enough for what this person may do."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            "second-factor-owed",
            vi="Quản trị và lãnh đạo phải đăng nhập hai bước. Hãy mở trang Đăng nhập hai bước và làm theo hướng dẫn.",
            en="Administrators and leaders sign in with a second step. Open the page Two-step sign-in and follow it.",
        )


class EnrolmentOver(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "enrolment-over",
            vi="Mã hình này đã quá 15 phút hoặc không còn dùng được. Hãy bắt đầu lại.",
            en="This picture is older than a quarter of an hour, or is no longer good. Begin again.",
        )


class NoSecondFactor(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "no-second-factor",
            vi="Người này không dùng đăng nhập hai bước. Không có gì để gỡ.",
            en="This person has no second step. There is nothing to remove.",
        )


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """`sealed`: the shared secret, as only directory can open it. `last_step`: of the digits used last. `codes`: hashes of those
    on paper that are left.
    """

    sealed: str
    last_step: int
    codes: frozenset[str]


def owes_factor(staff: StaffV1) -> bool:
    return any(post.role in OWED_BY for post in staff.posts)


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def new_codes() -> list[str]:
    return ["-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS)) for _ in range(CODES)]


def code_hash(account: str, code: str) -> str:
    """The same for the same code however it is spaced; another one for another account."""
    letters = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(f"{account}:{letters}".encode()).hexdigest()


def digits_at(secret: bytes, step: int) -> str:
    """RFC 4226, of a step of time."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(now: datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS


def matching_step(secret: bytes, typed: str, now: datetime) -> int | None:
    """The step whose digits these are, the newest first; None if they are of no step near."""
    middle = step_of(now)
    steps = range(middle + DRIFT, middle - DRIFT - 1, -1)
    return next((step for step in steps if hmac.compare_digest(digits_at(secret, step), typed)), None)


def use_step(factor: SecondFactor, step: int) -> SecondFactor:
    """Digits are good once: none of this step or an earlier one afterwards. Raises WrongCode."""
    if step <= factor.last_step:
        raise WrongCode
    return replace(factor, last_step=step)


def use_code(factor: SecondFactor, hashed: str) -> SecondFactor:
    """A code on paper is good once. Raises WrongCode."""
    if hashed not in factor.codes:
        raise WrongCode
    return replace(factor, codes=factor.codes - {hashed})


def address_of(secret: bytes, username: str, issuer: str) -> str:
    """What an app reads from the picture, as they have agreed to write it (otpauth)."""
    shared = {"secret": secret_text(secret), "issuer": issuer, "algorithm": "SHA1", "digits": DIGITS, "period": STEP_SECONDS}
    return f"otpauth://totp/{quote(f'{issuer}:{username}')}?{urlencode(shared, quote_via=quote)}"


def secret_text(secret: bytes) -> str:
    """To be typed into an app that sees no pictures."""
    return b32encode(secret).decode().rstrip("=")
