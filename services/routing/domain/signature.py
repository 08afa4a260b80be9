"""A draft on its way to a signature: the officer submits it and may take it back; a leader signs or returns it.

Only where the procedure, as in force when the dossier was accepted, wants a leader's signature. Nobody signs their own draft.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from contracts.civil import civil_day
from contracts.directory import StaffV1
from contracts.values import Role
from services.routing.domain.absence import Absence
from services.routing.domain.case import Actor, Case
from services.routing.domain.history import Person, Transition
from services.routing.domain.refusals import SomebodyElses
from services.routing.domain.ruling import Proposal, Ruling, Verdict
from services.routing.domain.signature_refusals import DecidedAlone, OnlyLeadersSign, OwnDraft


@dataclass(frozen=True, slots=True)
class Signer:
    """Who is about to sign or to return: one who leads the unit, or stands in for a leader who is away today."""

    person: Person
    signs: bool


def stands_in(absence: Absence, absent: StaffV1 | None, unit: str, at: datetime) -> bool:
    """Whether its deputy signs for that unit today. A leader whose account was closed meanwhile is away all the same."""
    leads = absent is not None and any(post.unit == unit and post.role is Role.LEADER for post in absent.posts)
    return leads and absence.covers(civil_day(at))


def submitted(case: Case, ruling: Ruling, by: Actor, at: datetime) -> Case:
    """Waits for a signature from now on. Raises a Refusal for whoever does not have the case."""
    if not case.closed and case.signing is None:
        raise DecidedAlone
    if not case.closed:
        _require_holder(case, by)
    case.allow(Transition.SUBMITTED_FOR_SIGNATURE)
    return replace(case, proposal=Proposal(ruling, at, by.person))


def taken_back(case: Case, by: Actor) -> Case:
    """By who has the case, before anybody has signed. Raises a Refusal."""
    case.allow(Transition.TAKEN_BACK)
    _require_holder(case, by)
    return replace(case, proposal=None)


def returned(case: Case, comment: str, by: Signer) -> Case:
    """The officer drafts anew. Raises a Refusal."""
    case.allow(Transition.RETURNED_TO_OFFICER)
    require_signer(case, by)
    return replace(case, proposal=None, comment=comment)


def may_sign(case: Case, by: Signer) -> Proposal:
    """The draft that they may sign. Raises a Refusal."""
    case.allow(Transition.SIGNED)
    require_signer(case, by)
    assert case.proposal is not None  # noqa: S101 -- what is submitted has its draft
    if case.proposal.by.id == by.person.id:
        raise OwnDraft
    return case.proposal


def signed(case: Case, number: str | None, by: Signer, at: datetime) -> Case:
    """Decided as the draft has it, with its number if it is a grant. Raises a Refusal."""
    ruling = may_sign(case, by).ruling
    return replace(case, verdict=Verdict(Ruling(ruling.outcome, number, ruling.reason), at, by.person))


def _require_holder(case: Case, by: Actor) -> None:
    if case.officer is None or case.officer.id != by.person.id:
        raise SomebodyElses(case.officer.name if case.officer else None)


def require_signer(case: Case, by: Signer) -> None:
    """Raises OnlyLeadersSign."""
    if not by.signs:
        raise OnlyLeadersSign(case.competent_unit.name)
