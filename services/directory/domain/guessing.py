"""How often a password may be guessed: five wrong ones within five minutes close the name for a minute, whoever asks.

It counts names, not people: one that nobody has closes in the same way, so that trying tells nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from contracts.refusal import Refusal

MOST: Final = 5
WITHIN: Final = timedelta(minutes=5)
CLOSED_FOR: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Guesses:
    """`attempts` since `since`, none of them right; after the fifth `closed_until` says from when on to try again."""

    username: str
    attempts: int
    since: datetime
    closed_until: datetime | None = None


class TooManyGuesses(Refusal):
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "too-many-guesses",
            vi=f"Sai mật khẩu nhiều lần. Hãy thử lại sau {seconds} giây.",
            en=f"Too many wrong passwords. Try again in {seconds} seconds.",
        )
        self.seconds = seconds


class WrongPassword(Refusal):
    """401 for a wrong password, an unknown name and a disabled account alike."""

    status = HTTPStatus.UNAUTHORIZED

    def __init__(self) -> None:
        super().__init__(
            "wrong-password",
            vi="Tên đăng nhập hoặc mật khẩu không đúng. Hãy nhập lại.",
            en="The user name or the password is not right. Enter them again.",
        )


def count(before: Guesses | None, username: str, now: datetime) -> Guesses:
    """One more attempt, counted before it is tried: many at once cannot slip through. Raises TooManyGuesses."""
    if before is not None and before.closed_until is not None and now < before.closed_until:
        raise TooManyGuesses(max(1, round((before.closed_until - now).total_seconds())))
    if before is None or before.closed_until is not None or now - before.since >= WITHIN:
        return Guesses(username, 1, now)
    counted = before.attempts + 1
    return Guesses(username, counted, before.since, now + CLOSED_FOR if counted >= MOST else None)
