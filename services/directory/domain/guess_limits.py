"""How often a password may be guessed: five wrong ones for a name within five minutes close that name for a minute, to the
address that they came from.

It counts names, not people: one that nobody has closes in the same way, so that trying teaches nothing.
"""

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from contracts.refusal import Refusal

WITHIN: Final = timedelta(minutes=5)
CLOSED_FOR: Final = timedelta(minutes=1)
MOST: Final = 5
"""By one address under one name."""
MOST_BY_ADDRESS: Final = 60
"""Under whatever names; a whole office stands behind one address."""
MOST_UNDER_NAME: Final = 200
"""From wherever; an address that has tried nothing wrong is still heard."""


class TooManyGuesses(Refusal):
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, seconds: int) -> None:
        super().__init__(
            "too-many-guesses",
            vi=f"Sai mật khẩu nhiều lần. Hãy thử lại sau {seconds} giây.",
            en=f"Too many wrong passwords. Try again in {seconds} seconds.",
        )
        self.retry_after = seconds


class WrongPassword(Refusal):
    """401 for a wrong password, an unknown name and a disabled account alike."""

    status = HTTPStatus.UNAUTHORIZED

    def __init__(self) -> None:
        super().__init__(
            "wrong-password",
            vi="Tên đăng nhập hoặc mật khẩu không đúng. Hãy nhập lại.",
            en="The user name or the password is not right. Enter them again.",
        )
