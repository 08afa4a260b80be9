"""Receiving a new dossier: at the counter by a clerk, online from the citizen."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from chassis.process import Process
from contracts.civil import civil_day
from contracts.values import Channel, HandOver, Role
from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork
from services.intake.adapters.keys import Keys, keys_of
from services.intake.adapters.seal import command_key, open_secret, recipient_for_post, seal_applicant
from services.intake.commands.confirmation import WrittenDown, ask_owner
from services.intake.commands.records import answer, mint_code, offer_of, save
from services.intake.commands.submission_bounds import count_submission, take_back
from services.intake.domain.codes import CounterKey
from services.intake.domain.dossier import SealedPerson, new_dossier_id
from services.intake.domain.offers import Offer
from services.intake.domain.promise import reception_time, require_recent
from services.intake.domain.proof import Proof, ProofNeeded
from services.intake.domain.submission_limits import TooManySubmissions
from services.intake.handlers.dossier import Acceptance, Submission, receive, submit
from services.intake.handlers.post import plan_order
from services.intake.repository.addresses import ADDRESSES
from services.intake.repository.counters import COUNTERS
from services.intake.repository.offers import OFFERS
from services.intake.repository.orders import ORDERS
from services.intake.repository.reference import Wanted
from services.intake.schemas.requests import ReceiveDossier, SubmitDossier
from services.intake.settings import intake_settings
from web import correlation
from web.principal import Principal

ONLINE: Final = "online"
"""The actor of commands that nobody signed in for. Not the address they came from: a telephone changes it between attempts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AtCounter:
    """What a clerk receives, with the applicant already sealed; `recipient`: encrypted for the post, where it will deliver;
    `dated_back`: by how many working days it may be at most.
    """

    request: ReceiveDossier
    person: SealedPerson
    recipient: str | None
    dated_back: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Online:
    """`refusal`: why it is one too many; a repeat of one that was received gets its answer all the same. `written`: an address
    whose owner has to be asked, None for what somebody answers for by name.
    """

    request: SubmitDossier
    person: SealedPerson
    written: WrittenDown | None
    refusal: TooManySubmissions | ProofNeeded | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """`secret`: known where this request made the dossier; a repeat reads it afresh, since no answer that is kept holds it."""

    answer: Answer
    secret: str | None


async def receive_dossier(process: Process, clerk: Principal, body: ReceiveDossier, key: str) -> Received:
    """A dossier at the counter; submitting and accepting is one act unless the clerk wants it otherwise."""
    keys, dossier = keys_of(process.settings), new_dossier_id()
    by_post = body.accept and body.hand_over is HandOver.POST
    at_counter = AtCounter(
        request=body,
        person=seal_applicant(keys, dossier, body.applicant),
        recipient=recipient_for_post(keys, body.applicant) if by_post else None,
        dated_back=intake_settings(process.settings).reception_dated_back,
    )
    command = Command(
        body=at_counter,
        by=clerk,
        target=dossier,
        key=command_key(keys, key, clerk.staff_id, "POST dossiers", body),
        correlation=correlation.current(),
    )
    return _received(keys, dossier, at_counter.person, await process.commands.run(command))


async def submit_online(
    process: Process, body: SubmitDossier, key: str, client: str | None, proof: Proof | None = None
) -> Received:
    """A submission waits for a clerk to accept it; until then it has a number and a secret, no code and no promise. `client`: the
    address it comes from, None for who is signed in. Raises ProofNeeded and TooManySubmissions.
    """
    keys, dossier = keys_of(process.settings), new_dossier_id()
    person = seal_applicant(keys, dossier, body.applicant)
    verdict, refusal = await count_submission(process, body, client, proof)
    command = Command(
        body=Online(request=body, person=person, written=_written_down(keys, body, client), refusal=refusal),
        target=dossier,
        key=command_key(keys, key, ONLINE, "POST submissions", body),
        correlation=correlation.current(),
    )
    made = False
    try:
        received = _received(keys, dossier, person, await process.commands.run(command))
        made = received.secret is not None
    finally:
        if not made:
            await take_back(process, verdict)
    return received


def _written_down(keys: Keys, body: SubmitDossier, client: str | None) -> WrittenDown | None:
    return None if client is None else WrittenDown.of(keys, body.applicant)


def _received(keys: Keys, dossier: str, person: SealedPerson, answer: Answer) -> Received:
    made = answer.body["id"] == dossier
    return Received(answer=answer, secret=open_secret(keys, dossier, person.secret_sealed) if made else None)


def _receive(command: Command[AtCounter], work: UnitOfWork) -> Answer:
    body = command.body
    at = reception_time(body.request.received_at, work.now)
    offer = offer_of(work, body.request.unit, body.request.procedure, civil_day(at))
    require_recent(offer.calendar, at, work.now, body.dated_back)
    submission = _submission(command, body.request, body.person, offer, at)
    if not body.request.accept:
        return answer(save(work, submit(submission, work.now)), HTTPStatus.CREATED)
    acceptance = Acceptance(offer=offer, code=mint_code(work, offer, at), at=at, by=command.by.staff_id)
    dossier = save(work, receive(submission, acceptance, work.now))
    if body.recipient is not None:
        work.save(ORDERS, plan_order(dossier, body.recipient))
    return answer(dossier, HTTPStatus.CREATED)


def _submit(command: Command[Online], work: UnitOfWork) -> Answer:
    request, person, written = command.body.request, command.body.person, command.body.written
    offer = offer_of(work, request.unit, request.procedure, civil_day(work.now))
    if written is not None:
        person = ask_owner(work, written, command.target, person)
    submission = _submission(command, request, person, offer, work.now)
    return answer(save(work, submit(submission, work.now)), HTTPStatus.CREATED)


def _submission(
    command: Command[AtCounter] | Command[Online], request: SubmitDossier, person: SealedPerson, offer: Offer, at: datetime
) -> Submission:
    return Submission(
        id=command.target,
        offer=offer,
        channel=Channel.ONLINE if command.by is None else Channel.COUNTER,
        papers=tuple(request.papers),
        hand_over=request.hand_over,
        at=at,
        by=None if command.by is None else command.by.staff_id,
        person=person,
    )


def _clerk_of_the_unit(command: Command[AtCounter], _: UnitOfWork) -> None:
    command.by.require(Role.CLERK, command.body.request.unit)


def _anybody_within_bounds(command: Command[Online], _: UnitOfWork) -> None:
    if command.body.refusal is not None:
        raise command.body.refusal


def _offer_at_counter(command: Command[AtCounter], work: UnitOfWork) -> Iterable[Wanted]:
    request = command.body.request
    yield Wanted(request.unit, request.procedure, civil_day(reception_time(request.received_at, work.now)))


def _counter(command: Command[AtCounter], work: UnitOfWork) -> Iterable[CounterKey]:
    request = command.body.request
    if request.accept:
        yield CounterKey(request.unit, civil_day(reception_time(request.received_at, work.now)))


def _address_online(command: Command[Online], _: UnitOfWork) -> Iterable[str]:
    if command.body.written is not None and command.body.refusal is None:
        yield command.body.written.address


def _offer_online(command: Command[Online], work: UnitOfWork) -> Iterable[Wanted]:
    request = command.body.request
    yield Wanted(request.unit, request.procedure, civil_day(work.now))


ENTRIES: Final = (
    CommandEntry(
        body=AtCounter,
        handler=_receive,
        may=_clerk_of_the_unit,
        loads=(Load(OFFERS, _offer_at_counter), Load(COUNTERS, _counter)),
    ),
    CommandEntry(
        body=Online,
        handler=_submit,
        may=_anybody_within_bounds,
        loads=(Load(ADDRESSES, _address_online), Load(OFFERS, _offer_online)),
    ),
)
