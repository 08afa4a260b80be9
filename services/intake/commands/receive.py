"""Receiving a new dossier: at the counter by a clerk, online from the citizen."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

from chassis.process import Process
from contracts.civil import civil_day
from contracts.values import Channel, HandOver, Role
from messaging.commands import Answer, CommandKey, UnitOfWork
from services.intake.adapters.keys import Keys, keys_of
from services.intake.adapters.seal import recipient_for_post, seal_applicant
from services.intake.commands.result import answer, run, save
from services.intake.domain.codes import mint
from services.intake.domain.dossier import new_dossier_id
from services.intake.domain.offers import Offer
from services.intake.domain.promise import reception_time
from services.intake.handlers.dossier import Acceptance, Submission, receive, submit
from services.intake.handlers.post import plan_order
from services.intake.repository import counters, reference
from services.intake.repository.orders import Orders
from services.intake.schemas.requests import ReceiveDossier, SubmitDossier
from web.principal import Principal

ONLINE: Final = "online"
"""The actor of commands that nobody signed in for. Not the address they came from: a telephone changes it between attempts."""


async def receive_dossier(process: Process, clerk: Principal, body: ReceiveDossier, key: str) -> Answer:
    """A dossier at the counter; submitting and accepting is one act unless the clerk wants it otherwise."""
    keys = keys_of(process.settings)

    async def work(unit: UnitOfWork) -> Answer:
        clerk.require(Role.CLERK, body.unit)
        at = reception_time(body.received_at, unit.now)
        offer = await reference.offer_of(unit.connection, body.unit, body.procedure, civil_day(at))
        submission = _submission(keys, body, offer, Channel.COUNTER, at, clerk.staff_id)
        if not body.accept:
            return answer(await save(unit, submit(submission, unit.now)), HTTPStatus.CREATED)
        recipient = recipient_for_post(keys, body.applicant) if body.hand_over is HandOver.POST else None
        return await _accept_at_once(unit, submission, clerk.staff_id, recipient)

    return await run(process, CommandKey.of(key, clerk.staff_id, "POST dossiers", body.model_dump_json()), work)


async def _accept_at_once(unit: UnitOfWork, submission: Submission, by: str, recipient: str | None) -> Answer:
    offer, at = submission.offer, submission.at
    counter, code = mint(await counters.lock(unit.connection, offer.unit.id, civil_day(at)), offer.code_width)
    acceptance = Acceptance(offer=offer, code=code, at=at, by=by)
    dossier = await save(unit, receive(submission, acceptance, unit.now))
    if recipient is not None:
        await Orders().save(unit.connection, [plan_order(dossier, recipient)])
    await counters.save(unit.connection, counter)
    return answer(dossier, HTTPStatus.CREATED)


async def submit_online(process: Process, body: SubmitDossier, key: str) -> Answer:
    """A submission waits for a clerk to accept it; until then it has a number and a secret, no code and no promise."""
    keys = keys_of(process.settings)

    async def work(unit: UnitOfWork) -> Answer:
        offer = await reference.offer_of(unit.connection, body.unit, body.procedure, civil_day(unit.now))
        submission = _submission(keys, body, offer, Channel.ONLINE, unit.now, None)
        return answer(await save(unit, submit(submission, unit.now)), HTTPStatus.CREATED)

    return await run(process, CommandKey.of(key, ONLINE, "POST submissions", body.model_dump_json()), work)


def _submission(keys: Keys, body: SubmitDossier, offer: Offer, channel: Channel, at: datetime, by: str | None) -> Submission:
    dossier = new_dossier_id()
    return Submission(
        id=dossier,
        offer=offer,
        channel=channel,
        papers=tuple(body.papers),
        hand_over=body.hand_over,
        at=at,
        by=by,
        person=seal_applicant(keys, dossier, body.applicant),
    )
