"""An e-mail address that a stranger wrote down gets one mail that asks for its owner's word, and nothing else until it is given.

The word is given for a person and an address together, and stays given: whoever hands in for another person asks anew. While an
answer is awaited nobody asks the same address again, whoever the dossier is for. Neither address nor person can be read here.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from contracts.references import ALPHABET
from contracts.refusal import Invalid

GOOD_FOR: Final = timedelta(days=7)
MOST_WAITING: Final = 50
"""Dossiers that an address keeps in mind: more are handed in for it than may be in a day (`submission_limits`)."""
_LETTERS, _GROUP = 16, 4


class ConfirmationEnded(Invalid):
    """The same for one that never was, and for one whose time is over."""

    def __init__(self) -> None:
        super().__init__(
            "confirmation-ended",
            vi="Mã xác nhận không đúng hoặc đã hết hạn. Hãy xem lại thư; nếu đã quá bảy ngày, hãy xem hồ sơ ở trang tra cứu hoặc"
            " đến nơi đã nộp.",
            en="This confirmation code is wrong, or its time is over. Look at the mail again; if it is older than seven days,"
            " follow the dossier on the tracking page or come where you handed in.",
            field="confirmation",
        )


class Standing(Enum):
    """What may be sent to an address about a dossier: everything, the one mail that asks, or nothing."""

    CONFIRMED = auto()
    ASKED = auto()
    HELD = auto()


@dataclass(frozen=True, kw_only=True)
class MailAddress:
    """`id`: keyed hash of the address. `asked_for`: keyed hash of the person whom the last mail asked about, answered with what
    `token` is the hash of. `waiting`: (person, dossier) of dossiers of which nothing is sent yet.
    """

    id: str
    asked_for: str | None = None
    token: bytes | None = None
    asked_until: datetime | None = None
    confirmed: tuple[str, ...] = ()
    waiting: tuple[tuple[str, str], ...] = ()

    def awaits_answer(self, now: datetime) -> bool:
        return self.asked_until is not None and now < self.asked_until and self.asked_for not in self.confirmed


def ask(address: MailAddress, person: str, dossier: str, token: bytes, now: datetime) -> tuple[MailAddress, Standing]:
    """Somebody hands in a dossier with this address. `token` is used where the standing is ASKED."""
    if person in address.confirmed:
        return address, Standing.CONFIRMED
    held = replace(address, waiting=(*address.waiting, (person, dossier))[-MOST_WAITING:])
    if address.awaits_answer(now):
        return held, Standing.HELD
    return replace(held, asked_for=person, token=token, asked_until=now + GOOD_FOR), Standing.ASKED


def confirm(address: MailAddress, token: bytes, now: datetime) -> tuple[MailAddress, tuple[str, ...]]:
    """The owner's word, and the dossiers that messages may go out about now; none the second time. Raises ConfirmationEnded."""
    person = address.asked_for
    if person is None or address.token is None or not secrets.compare_digest(address.token, token):
        raise ConfirmationEnded
    if person in address.confirmed:
        return address, ()
    if not address.awaits_answer(now):
        raise ConfirmationEnded
    released = tuple(dossier for waits_for, dossier in address.waiting if waits_for == person)
    waiting = tuple(pair for pair in address.waiting if pair[0] != person)
    return replace(address, confirmed=(*address.confirmed, person), waiting=waiting), released


def new_confirmation() -> str:
    """80 random bits as `7K3Q-9XAB-0ZK2-M4F7`: nobody guesses it, and who has no link can still type it."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(_LETTERS))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LETTERS, _GROUP))
