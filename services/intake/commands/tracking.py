"""Who tracks a dossier proves it by the secret on the receipt.

An attempt is counted before it is judged, and a wrong one stays counted.
"""

from datetime import datetime
from math import ceil
from typing import Final

from chassis import guess_limiter
from chassis.guess_limiter import Attempt, GuessLimit, GuessLimits
from chassis.process import Process
from contracts.references import parse_reference, parse_secret
from services.intake.adapters.keys import keys_of
from services.intake.adapters.seal import is_secret
from services.intake.domain.guess_limits import (
    PER_CLIENT,
    PER_CLIENT_AND_CODE,
    PER_CODE,
    WINDOW,
    NotRecognised,
    TooManyGuesses,
)
from services.intake.repository import dossiers, people

LIMITS: Final = GuessLimits(
    pair=GuessLimit(PER_CLIENT_AND_CODE, WINDOW), client=GuessLimit(PER_CLIENT, WINDOW), target=GuessLimit(PER_CODE, WINDOW)
)


async def identify(process: Process, quoted: str, secret: str, client: str) -> str:
    """The id of the dossier. Raises NotRecognised, the same for a wrong code and a wrong secret, and TooManyGuesses.

    What can be no code or no secret at all is a slip and counts as no guess: raises MalformedReference, MalformedSecret.
    """
    keys = keys_of(process.settings)
    code, letters = parse_reference(quoted), parse_secret(secret)
    now = process.clock()
    attempt = Attempt(
        pair=keys.index("guessing-pair", f"{client} {code}"),
        client=keys.index("guessing-client", client),
        target=keys.index("guessed-code", code),
    )
    async with process.database.begin() as connection:
        verdict = await guess_limiter.count_attempt(connection, attempt, LIMITS, now)
        dossier = await dossiers.quoted(connection, code) if verdict.closed_until is None else None
        person = await people.find(connection, dossier) if dossier else None
        known = dossier and person and is_secret(keys, dossier, letters, person.secret_index)
        if known:
            await guess_limiter.take_back(connection, verdict)
    if verdict.closed_until is not None:
        raise TooManyGuesses(_seconds(verdict.closed_until, now))
    if not (known and dossier):
        raise NotRecognised
    return dossier


def _seconds(until: datetime, now: datetime) -> int:
    return max(1, ceil((until - now).total_seconds()))
