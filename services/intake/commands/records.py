"""What the commands on dossiers have in common: how they ask for an offer, mint a code, save, and answer.

An answer is kept in clear text with its Idempotency-Key: no name and no secret may be in it.
"""

from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from contracts.civil import civil_day
from contracts.refusal import Refusal
from messaging.command_table import Answer, Command, NotLoaded, UnitOfWork
from messaging.handler_table import Decision
from services.intake.access import require_clerk_of
from services.intake.domain.codes import CounterKey, mint
from services.intake.domain.dossier import Dossier, NoSuchDossier
from services.intake.domain.offers import Offer
from services.intake.repository.counters import COUNTERS
from services.intake.repository.dossiers import DOSSIERS, contact_drafts
from services.intake.repository.offers import OFFERS
from services.intake.repository.reference import Wanted
from services.intake.schemas.views import DossierState
from web.conditional import require_current


def dossier_of(work: UnitOfWork, dossier: str) -> Dossier:
    """Raises NoSuchDossier."""
    state = work.get(DOSSIERS, dossier)
    if state is None:
        raise NoSuchDossier
    return state


def clerk_who_has_seen_it(command: Command[Any], work: UnitOfWork) -> None:
    """Raises NoSuchDossier, Forbidden or StaleWrite."""
    dossier = dossier_of(work, command.target)
    require_clerk_of(command.by, dossier)
    require_current(command.seen, dossier.version)


def offer_of(work: UnitOfWork, unit: str, procedure: str, day: date) -> Offer:
    """Raises why the unit does not offer it on that day."""
    offer = work.get(OFFERS, Wanted(unit, procedure, day))
    if isinstance(offer, Refusal):
        raise offer
    if offer is None:
        raise NotLoaded(f"offer of {procedure} at {unit}")
    return offer


def offer_wanted(dossier: Dossier, day: date) -> Wanted:
    return Wanted(dossier.unit.id, dossier.procedure.code, day)


def mint_code(work: UnitOfWork, offer: Offer, at: datetime) -> str:
    """The next code of the unit and day; it is taken if the command is done, and only then."""
    counter = work.get(COUNTERS, CounterKey(offer.unit.id, civil_day(at)))
    if counter is None:
        raise NotLoaded(f"counter of {offer.unit.id}")
    after, code = mint(counter, offer.code_width)
    work.save(COUNTERS, after)
    return code


def save(work: UnitOfWork, decision: Decision[Dossier]) -> Dossier:
    """The dossier at its new version; the contact of a new one goes out before the facts that name it."""
    if decision.state.version == 0:
        work.drafts += contact_drafts([decision.state], work.correlation)
    return work.record(DOSSIERS, decision)


def answer(dossier: Dossier, status: HTTPStatus = HTTPStatus.OK) -> Answer:
    return Answer(DossierState.model_validate(dossier).model_dump(mode="json"), status)
