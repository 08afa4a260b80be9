"""What is handed in without signing in, counted for a day before it is received; what became no submission is taken back.

Beyond the usual number a small proof is asked for. With it as many times as many are received as the installation says; then no
more.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from math import ceil

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis import guess_limiter
from chassis.guess_limiter import GuessLimit, Verdict
from chassis.process import Process
from services.intake.adapters.keys import keys_of
from services.intake.domain import proof as proofs
from services.intake.domain.proof import Proof, ProofNeeded, Question
from services.intake.domain.submission_limits import WITHIN, TooManySubmissions
from services.intake.schemas.requests import SubmitDossier
from services.intake.settings import IntakeSettings, intake_settings


def new_question(process: Process) -> Question:
    return proofs.ask(_sign(process), process.clock())


async def count_submission(
    process: Process, body: SubmitDossier, client: str | None, proof: Proof | None
) -> tuple[Verdict, TooManySubmissions | ProofNeeded | None]:
    """Counted, or why it may not be received. `client`: None for who is signed in, and answers for it by name."""
    if client is None:
        return Verdict(None), None
    settings, now = intake_settings(process.settings), process.clock()
    bounds = [bound for bound in _bounded(settings, body, client) if bound[2]]
    async with process.database.begin() as connection:
        verdict = await guess_limiter.count_under(connection, _limits(process, "submitted", bounds, 1), now)
        if verdict.closed_until is None:
            return verdict, None
        if not settings.submissions_with_proof:
            return verdict, _too_many(verdict, now)
        right = None if proof is None else proofs.judge(proof, _sign(process), now)
        if proof is None or right is None:
            return verdict, ProofNeeded()
        limits = _limits(process, "proved", bounds, settings.submissions_with_proof) if right else None
        return await _count_proved(connection, keys_of(process.settings).index("proof-used", proof.question), limits, now)


async def _count_proved(
    connection: AsyncConnection, used: bytes, limits: Mapping[bytes, GuessLimit] | None, now: datetime
) -> tuple[Verdict, TooManySubmissions | ProofNeeded | None]:
    """A question is answered once, rightly or (without `limits`) wrongly: its few sums cannot be tried one after the other."""
    first_use = await guess_limiter.count_under(connection, {used: GuessLimit(1, WITHIN)}, now)
    if first_use.closed_until is not None or limits is None:
        return Verdict(first_use.closed_until), ProofNeeded()
    verdict = await guess_limiter.count_under(connection, limits, now)
    refusal = None if verdict.closed_until is None else _too_many(verdict, now)
    return Verdict(verdict.closed_until, (*first_use.counted, *verdict.counted)), refusal


def _limits(process: Process, what: str, bounds: list[tuple[str, str, int]], times: int) -> dict[bytes, GuessLimit]:
    index = keys_of(process.settings).index
    return {index(f"{what}-{kind}", value): GuessLimit(most * times, WITHIN) for kind, value, most in bounds}


def _too_many(verdict: Verdict, now: datetime) -> TooManySubmissions:
    seconds = (verdict.closed_until - now).total_seconds() if verdict.closed_until else 0
    return TooManySubmissions(max(1, ceil(seconds)))


def _sign(process: Process) -> proofs.Sign:
    return partial(keys_of(process.settings).index, "proof")


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
