"""What clerks and citizens do with a dossier: hand in, hand back, hand in again, accept, refuse, hand over."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from contracts.civil import civil_day
from contracts.intake import PaperRef, UnitRef
from contracts.values import Channel, HandOver, Lane
from messaging.handler_table import Decision
from services.intake.domain import facts, papers
from services.intake.domain.codes import submission_number
from services.intake.domain.dossier import Dossier, SealedPerson
from services.intake.domain.offers import Offer
from services.intake.domain.promise import promised
from services.intake.domain.results import require_at_counter
from services.intake.domain.stages import Stage, Transition


@dataclass(frozen=True, kw_only=True)
class Submission:
    """Papers at a door. `at` is when they came in (`stated_at`: what the post said of it, where that cannot be); `by` the clerk,
    None for the citizen or the post.
    """

    id: str
    offer: Offer
    channel: Channel
    papers: tuple[str, ...]
    hand_over: HandOver
    at: datetime
    by: str | None
    person: SealedPerson
    lane: Lane | None = None
    collection: str | None = None
    stated_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Acceptance:
    """`code` has been minted from the counter of the unit and day. `papers`: what came in besides what is there, if anything."""

    offer: Offer
    code: str
    at: datetime
    by: str
    papers: tuple[str, ...] | None = None


def submit(submission: Submission, now: datetime) -> Decision[Dossier]:
    """A new dossier; what may be missing is the clerk's to find."""
    dossier = _new(submission, now)
    return Decision(dossier, (facts.submitted(dossier, submission.by, submission.stated_at),))


def receive(submission: Submission, acceptance: Acceptance, now: datetime) -> Decision[Dossier]:
    """At the counter handing in and accepting is one act with two facts. Raises PapersMissing."""
    dossier = _new(submission, now)
    accepted = _accepted(dossier, acceptance, now, dossier.papers)
    return Decision(
        accepted, (facts.submitted(dossier, submission.by), facts.accepted(accepted, acceptance.by, acceptance.offer.signing))
    )


def return_for_papers(dossier: Dossier, reasons: Mapping[str, str], offer: Offer, now: datetime, by: str) -> Decision[Dossier]:
    """Form 02: everything missing named once; no code, no clock."""
    after = dossier.moved(Transition.RETURN, now, missing=papers.named_missing(reasons, dossier.papers, offer.papers))
    return Decision(after, (facts.returned(after, now, by),))


def resubmit(
    dossier: Dossier, codes: Iterable[str], offer: Offer, at: datetime, now: datetime, by: str | None
) -> Decision[Dossier]:
    """Handed in again with what was missing: `codes` are the papers that are there now, added to those kept from before."""
    after = _resubmitted(dossier, codes, offer, at, now)
    return Decision(after, (facts.submitted(after, by),))


def accept(dossier: Dossier, acceptance: Acceptance, now: datetime) -> Decision[Dossier]:
    """Full and correct: from here the promise runs. A returned dossier whose papers are on the counter is handed in again by it.

    Raises PapersMissing and IllegalStep.
    """
    if dossier.stage is Stage.RETURNED and acceptance.papers is not None:
        again = _resubmitted(dossier, acceptance.papers, acceptance.offer, acceptance.at, now)
        accepted = _accepted(again, acceptance, now, again.papers)
        return Decision(
            accepted, (facts.submitted(again, acceptance.by), facts.accepted(accepted, acceptance.by, acceptance.offer.signing))
        )
    there = dossier.papers if acceptance.papers is None else _together(dossier.papers, acceptance.papers, acceptance.offer)
    accepted = _accepted(dossier, acceptance, now, there)
    return Decision(accepted, (facts.accepted(accepted, acceptance.by, acceptance.offer.signing),))


def refuse(dossier: Dossier, reason: str, now: datetime, by: str) -> Decision[Dossier]:
    """Form 03, with its reason."""
    after = dossier.moved(Transition.REFUSE, now, reason=reason)
    return Decision(after, (facts.refused(after, now, by),))


def hand_over(dossier: Dossier, now: datetime, by: str) -> Decision[Dossier]:
    """The citizen fetches the result at the counter. What the post has been given is the post's to deliver."""
    after = dossier.moved(Transition.HAND_OVER, now, handed_over_at=now, handed_over_by=HandOver.COUNTER)
    require_at_counter(dossier)
    return Decision(after, (facts.handed_over(after, by),))


def transfer(dossier: Dossier, successor: UnitRef, now: datetime) -> Decision[Dossier]:
    """Its unit has ended: the successor holds it from here on, in the lane where it came in."""
    after = dossier.moved(Transition.TRANSFER, now, unit=successor)
    return Decision(after, (facts.transferred(after, dossier.unit, now),))


def confirm_address(dossier: Dossier, now: datetime) -> Decision[Dossier]:
    """The owner of the address has given their word: the contact comes in a new version, then the fact that names it."""
    after = replace(dossier, address_confirmed=True, contact_version=(dossier.contact_version or 0) + 1, changed_at=now)
    return Decision(after, (facts.address_confirmed(after, now),))


def _new(submission: Submission, now: datetime) -> Dossier:
    offer = submission.offer
    offer.require_channel(submission.channel)
    return Dossier(
        id=submission.id,
        lane=submission.lane or offer.lane,
        version=0,
        stage=Stage.SUBMITTED,
        submission_number=submission_number(submission.id, civil_day(submission.at)),
        unit=offer.unit,
        procedure=offer.procedure,
        channel=submission.channel,
        hand_over=submission.hand_over,
        papers=papers.handed_in(submission.papers, offer.papers),
        submitted_at=submission.at,
        changed_at=now,
        contact_version=1 if submission.person.contact else None,
        address_confirmed=submission.person.contact is None or submission.person.contact.confirmed,
        collection=submission.collection,
        person=submission.person,
    )


def _resubmitted(dossier: Dossier, codes: Iterable[str], offer: Offer, at: datetime, now: datetime) -> Dossier:
    """Nothing of what was kept is lost, but what form 02 named counts only when it is handed in again."""
    named = {paper.code for paper in dossier.missing}
    kept = [paper for paper in dossier.papers if paper.code not in named]
    there = _together(kept, codes, offer)
    after = dossier.moved(Transition.RESUBMIT, now, papers=there, missing=(), submitted_at=at, procedure=offer.procedure)
    papers.require_complete(there, offer.papers)
    return after


def _accepted(dossier: Dossier, acceptance: Acceptance, now: datetime, there: tuple[PaperRef, ...]) -> Dossier:
    offer = acceptance.offer
    promise = promised(offer, acceptance.at)
    after = dossier.moved(
        Transition.ACCEPT,
        now,
        papers=there,
        procedure=offer.procedure,
        code=acceptance.code,
        competent=offer.competent,
        fee=offer.fee,
        accepted_at=acceptance.at,
        promised_at=promise.moment,
        explanation=promise.explanation.to_data(),
    )
    papers.require_complete(there, offer.papers)
    return after


def _together(kept: Iterable[PaperRef], codes: Iterable[str], offer: Offer) -> tuple[PaperRef, ...]:
    """What was kept, as far as the version in force still asks for it, and what has come now."""
    known = {paper.code for paper in offer.papers}
    return papers.handed_in({*(paper.code for paper in kept if paper.code in known), *codes}, offer.papers)
