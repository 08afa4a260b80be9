"""What a clerk typed to find a person, as an address may carry it: sealed for that clerk, and good for an hour.

Addresses stay in histories, in logs of whatever lies between, and on a shared screen; a number typed there would stay too.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from datetime import datetime, timedelta
from typing import Final

from contracts.refusal import Invalid
from services.intake.adapters.keys import Keys, Unopenable

GOOD_FOR: Final = timedelta(hours=1)


class SearchEnded(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "search-ended",
            vi="Lần tìm này không còn hiệu lực. Hãy gõ lại điều cần tìm.",
            en="This search is no longer valid. Type again what you look for.",
            field="q",
        )


def seal_search(keys: Keys, clerk: str, typed: str, now: datetime) -> str:
    """The reference; `clerk` is the staff id."""
    until = f"{(now + GOOD_FOR).timestamp():.0f}"
    return urlsafe_b64encode(keys.seal(_search_of(clerk), f"{until} {typed}".encode())).rstrip(b"=").decode()


def open_search(keys: Keys, clerk: str, reference: str, now: datetime) -> str:
    """What was typed. Raises SearchEnded for another clerk's reference, an old one, and what is none."""
    try:
        sealed = urlsafe_b64decode(reference + "=" * (-len(reference) % 4))
        until, _, typed = keys.open(_search_of(clerk), sealed).decode().partition(" ")
    except (Base64Error, ValueError, Unopenable) as error:
        raise SearchEnded from error
    if int(until) < now.timestamp():
        raise SearchEnded
    return typed


def _search_of(clerk: str) -> str:
    return f"{clerk}/search"
