"""Papers or money are owed after acceptance: routing asks and decides, intake keeps the clock and the promise.

Handing in is a request: only routing's answer moves the status back to 4, and the promised date by the pause.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from contracts.supplements import OwedKind
from contracts.supplements.routing import CasePausedV1, CaseResumedV1
from contracts.topics import CALENDARS
from contracts.values import Channel
from messaging.handler_table import Context, Decision, Waiting
from services.intake.domain import owed_facts
from services.intake.domain.dossier import Dossier
from services.intake.domain.offers import unusable
from services.intake.domain.owed import Owed, named_date_after, promise_after
from services.intake.domain.stages import IllegalStep, Transition
from services.intake.domain.withdrawal import may_be_withdrawn
from services.intake.handlers.routing import existing
from worktime import Calendar, WorktimeError

_OWES = {OwedKind.PAPERS: Transition.OWE_PAPERS, OwedKind.MONEY: Transition.OWE_MONEY}


def pause(dossier: Dossier | None, event: CasePausedV1, context: Context) -> Decision[Dossier]:
    """The portal's status 5 or 6, from the moment in which routing asked."""
    owed = Owed(kind=event.owed, since=event.at, number=event.request_number, papers=tuple(event.missing), amount=event.amount)
    after = existing(dossier, context).moved(_OWES[event.owed], context.now, owed=owed)
    return Decision(after, (owed_facts.paused(after, owed, event.by),))


def hand_in(
    dossier: Dossier,
    kind: OwedKind,
    codes: Iterable[str],
    now: datetime,
    *,
    through: Channel,
    by: str | None = None,
    by_name: str | None = None,
) -> Decision[Dossier]:
    """What was owed has come, all of it. Raises IllegalStep, WithdrawalPending, and as `Owed.received` does."""
    after = dossier.moved(Transition.HAND_IN, now)
    if dossier.owed is None:
        raise IllegalStep(dossier.stage, Transition.HAND_IN)
    may_be_withdrawn(dossier)
    owed = dossier.owed.received(kind, codes, now, by)
    after = replace(after, owed=owed)
    return Decision(after, (owed_facts.handed_in(after, owed, now, through=through, by=by, by_name=by_name),))


def resume(dossier: Dossier | None, event: CaseResumedV1, context: Context) -> Decision[Dossier]:
    """Routing goes on with it: the clock runs from when it was handed in. Raises Waiting while the calendar has not come."""
    before = existing(dossier, context)
    assert before.explanation is not None  # noqa: S101 -- it was accepted
    assert before.promised_at is not None  # noqa: S101 -- as above
    calendar = _calendar(before.explanation["calendar"], context.known.calendars)
    try:
        promise = promise_after(before.explanation, calendar, event.owed, event.paused_at, event.handed_in_at)
        promised_at = promise.moment
        if before.extension is not None:
            named = named_date_after(before.promised_at, calendar, event.paused_at, event.handed_in_at)
            promised_at = max(promised_at, named)
    except WorktimeError as error:
        raise unusable(error) from error
    papers = {paper.code: paper for paper in before.papers}
    if before.owed is not None:
        papers |= {paper.code: paper for paper in before.owed.papers_handed_in()}
    after = before.moved(
        Transition.RESUME,
        context.now,
        papers=tuple(papers.values()),
        promised_at=promised_at,
        explanation=promise.explanation.to_data(),
    )
    return Decision(after, (owed_facts.resumed(after, event, before.promised_at),))


def remind(dossier: Dossier, now: datetime, due_before: datetime) -> Decision[Dossier] | None:
    """Its applicant is told once more; None where something has come, or it was done meanwhile."""
    owed = dossier.owed
    if owed is None or owed.handed_in is not None or owed.reminded_at is not None or owed.since >= due_before:
        return None
    owed = replace(owed, reminded_at=now)
    return Decision(replace(dossier, owed=owed, changed_at=now), (owed_facts.reminded(dossier, owed, now),))


def _calendar(name: str, calendars: Mapping[str, Calendar]) -> Calendar:
    """Raises Waiting."""
    calendar = calendars.get(name)
    if calendar is None:
        raise Waiting(CALENDARS, name, 1)
    return calendar
