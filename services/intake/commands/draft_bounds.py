"""How many drafts somebody without an account may leave in a day from one address. Beyond it a form is answered at once."""

from datetime import timedelta
from typing import Final

from chassis import guess_limiter
from chassis.guess_limiter import GuessLimit
from chassis.process import Process
from services.intake.adapters.keys import keys_of
from services.intake.settings import intake_settings

WITHIN: Final = timedelta(days=1)


async def may_keep(process: Process, client: str) -> bool:
    """Counted, if it may."""
    most = intake_settings(process.settings).drafts_per_address
    if not most:
        return True
    subject = keys_of(process.settings).index("draft-client", client)
    async with process.database.begin() as connection:
        verdict = await guess_limiter.count_under(connection, {subject: GuessLimit(most, WITHIN)}, process.clock())
    return verdict.closed_until is None
