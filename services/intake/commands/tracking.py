"""Who tracks a dossier proves it by the secret on the receipt.

An attempt is counted before it is judged, and a wrong one stays counted.
"""

from chassis import guess_limiter
from chassis.guess_limiter import GuessLimit
from chassis.process import Process
from contracts.references import parse_reference, parse_secret
from services.intake.adapters.keys import keys_of
from services.intake.adapters.seal import is_secret
from services.intake.domain.guess_limits import PER_CLIENT, PER_CODE, WINDOW, NotRecognised, TooManyGuesses
from services.intake.repository import dossiers, people


async def identify(process: Process, quoted: str, secret: str, client: str) -> str:
    """The id of the dossier. Raises NotRecognised, the same for a wrong code and a wrong secret, and TooManyGuesses.

    What can be no code or no secret at all is a slip and counts as no guess: raises MalformedReference, MalformedSecret.
    """
    keys = keys_of(process.settings)
    code, letters = parse_reference(quoted), parse_secret(secret)
    by_code, by_client = keys.index("guessed-code", code), keys.index("guessing-client", client)
    async with process.database.begin() as connection:
        limits = {by_code: GuessLimit(PER_CODE, WINDOW), by_client: GuessLimit(PER_CLIENT, WINDOW)}
        allowed = await guess_limiter.count_attempt(connection, limits, process.clock()) is None
        dossier = await dossiers.quoted(connection, code) if allowed else None
        person = await people.find(connection, dossier) if dossier else None
        known = dossier and person and is_secret(keys, dossier, letters, person.secret_index)
        if known:
            await guess_limiter.take_back(connection, [by_code, by_client])
    if not allowed:
        raise TooManyGuesses
    if not (known and dossier):
        raise NotRecognised
    return dossier
