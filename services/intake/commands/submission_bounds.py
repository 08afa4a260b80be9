"""What is handed in without signing in, counted for a day before it is received; what became no submission is taken back."""

from collections.abc import Iterator
from math import ceil

from chassis import guess_limiter
from chassis.guess_limiter import GuessLimit, Verdict
from chassis.process import Process
from services.intake.adapters.keys import keys_of
from services.intake.domain.submission_limits import WITHIN, TooManySubmissions
from services.intake.schemas.requests import SubmitDossier
from services.intake.settings import IntakeSettings, intake_settings


async def count_submission(
    process: Process, body: SubmitDossier, client: str | None
) -> tuple[Verdict, TooManySubmissions | None]:
    """Counted, or why it may not be received. `client`: None for who is signed in, and answers for it by name."""
    if client is None:
        return Verdict(None), None
    keys, now = keys_of(process.settings), process.clock()
    limits = {
        keys.index(f"submitted-{kind}", value): GuessLimit(most, WITHIN)
        for kind, value, most in _bounded(intake_settings(process.settings), body, client)
        if most
    }
    async with process.database.begin() as connection:
        verdict = await guess_limiter.count_under(connection, limits, now)
    if verdict.closed_until is None:
        return verdict, None
    return verdict, TooManySubmissions(max(1, ceil((verdict.closed_until - now).total_seconds())))


async def take_back(process: Process, verdict: Verdict) -> None:
    if verdict.counted:
        async with process.database.begin() as connection:
            await guess_limiter.take_back(connection, verdict)


def _bounded(settings: IntakeSettings, body: SubmitDossier, client: str) -> Iterator[tuple[str, str, int]]:
    """(kind, whose, how many in a day)."""
    applicant = body.applicant
    yield "client", client, settings.submissions_per_address
    yield "unit", body.unit, settings.submissions_per_unit
    yield "person", applicant.identity.key, settings.submissions_per_person
    if applicant.dialled is not None:
        yield "telephone", applicant.dialled, settings.submissions_per_telephone
    if applicant.email is not None:
        yield "email", applicant.email.lower(), settings.submissions_per_email
