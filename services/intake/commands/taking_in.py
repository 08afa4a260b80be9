"""Taking in a new dossier: at the counter by a clerk, online by the citizen."""

from datetime import datetime
from http import HTTPStatus
from typing import Final

from chassis.process import Process
from contracts.civil import civil_day
from contracts.values import Channel, HandOver, Role
from messaging.commands import Answer, CommandKey, UnitOfWork
from services.intake import people
from services.intake.bodies import NewDossier, NewSubmission
from services.intake.commands.saving import answer, save
from services.intake.domain import promising
from services.intake.domain.codes import mint
from services.intake.domain.dossier import new_dossier_id
from services.intake.domain.offers import Offer
from services.intake.handlers import desk
from services.intake.keys import Keys
from services.intake.repository import counters, reference
from services.intake.repository.orders import Orders
from services.intake.settings import keys_of
from web import correlation
from web.principal import Principal

ONLINE: Final = "online"
"""The actor of commands that nobody signed in for. Not the address they came from: a telephone changes it between two tries."""


async def take_in(process: Process, clerk: Principal, body: NewDossier, key: str) -> Answer:
    """A dossier at the counter; handing in and accepting is one act unless the clerk wants it otherwise."""
    keys = keys_of(process.settings)

    async def work(unit: UnitOfWork) -> Answer:
        clerk.require(Role.CLERK, body.unit)
        at = promising.received(body.received_at, unit.now)
        offer = await reference.offer_of(unit.connection, body.unit, body.procedure, civil_day(at))
        submission = _submission(keys, body, offer, Channel.COUNTER, at, clerk.staff_id)
        if not body.accept:
            return answer(await save(unit, desk.submit(submission, unit.now)), HTTPStatus.CREATED)
        recipient = people.recipient_for_post(keys, body.applicant) if body.hand_over is HandOver.POST else None
        return await _accept_at_once(unit, submission, clerk.staff_id, recipient)

    command = CommandKey.of(key, clerk.staff_id, "POST dossiers", body.model_dump_json())
    return await process.commands.run(command, work, correlation=correlation.request_id.get())


async def _accept_at_once(unit: UnitOfWork, submission: desk.Submission, by: str, recipient: str | None) -> Answer:
    offer, at = submission.offer, submission.at
    counter, code = mint(await counters.lock(unit.connection, offer.unit.id, civil_day(at)), offer.code_width)
    dossier = await save(unit, desk.receive(submission, desk.Acceptance(offer, code, at, by), unit.now))
    if recipient is not None:
        await Orders().save(unit.connection, [desk.plan_order(dossier, recipient)])
    await counters.save(unit.connection, counter)
    return answer(dossier, HTTPStatus.CREATED)


async def submit_online(process: Process, body: NewSubmission, key: str) -> Answer:
    """A submission waits for a clerk to accept it; until then it has a number and a secret, no code and no promise."""
    keys = keys_of(process.settings)

    async def work(unit: UnitOfWork) -> Answer:
        offer = await reference.offer_of(unit.connection, body.unit, body.procedure, civil_day(unit.now))
        submission = _submission(keys, body, offer, Channel.ONLINE, unit.now, None)
        return answer(await save(unit, desk.submit(submission, unit.now)), HTTPStatus.CREATED)

    command = CommandKey.of(key, ONLINE, "POST submissions", body.model_dump_json())
    return await process.commands.run(command, work, correlation=correlation.request_id.get())


def _submission(keys: Keys, body: NewSubmission, offer: Offer, channel: Channel, at: datetime, by: str | None) -> desk.Submission:
    dossier = new_dossier_id()
    person = people.seal(keys, dossier, body.applicant)
    return desk.Submission(dossier, offer, channel, tuple(body.papers), body.hand_over, at, by, person)
