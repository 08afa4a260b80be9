"""Who tracks a dossier proves it by the secret on the receipt. A try is counted before it is judged, and a wrong one stays."""

from services.intake import people
from services.intake.domain.codes import read_quoted
from services.intake.domain.guessing import PER_CLIENT, PER_CODE, NotRecognised, TooManyGuesses
from services.intake.repository import dossiers, guesses
from services.intake.repository import people as stored
from services.intake.settings import keys_of
from services.shell.process import Process


async def identify(process: Process, quoted: str, secret: str, client: str) -> str:
    """The id of the dossier. Raises NotRecognised, the same for a wrong code and a wrong secret, and TooManyGuesses."""
    keys = keys_of(process.settings)
    code = read_quoted(quoted)
    by_code, by_client = keys.index("guessed-code", code), keys.index("guessing-client", client)
    async with process.database.begin() as connection:
        tries = await guesses.count(connection, [by_code, by_client], process.clock())
        allowed = tries[by_code] <= PER_CODE and tries[by_client] <= PER_CLIENT
        dossier = await dossiers.quoted(connection, code) if allowed else None
        person = await stored.one(connection, dossier) if dossier else None
        known = dossier and person and people.is_secret(keys, dossier, secret, person.secret_index)
        if known:
            await guesses.forgive(connection, [by_code, by_client])
    if not allowed:
        raise TooManyGuesses
    if not (known and dossier):
        raise NotRecognised
    return dossier
