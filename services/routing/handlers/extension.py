"""More time is asked for, and a leader answers. The promise is intake's: it moves by what is published here, and only then."""

from dataclasses import replace
from datetime import date, datetime

from contracts.civil import civil_day
from contracts.endings.routing import CaseExtendedV1, CaseExtensionAskedV1, CaseExtensionRefusedV1
from contracts.values import CIVIL_TIME
from messaging.handler_table import Decision
from services.routing.domain.case import Actor, Case
from services.routing.domain.extension import (
    AskedExtension,
    ExtensionPending,
    ExtensionsUsedUp,
    NothingAsked,
    NotLater,
    NotWorkingDay,
    OnlyLeadersConfirm,
)
from services.routing.domain.history import Transition
from services.routing.domain.refusals import SomebodyElses
from services.routing.handlers.facts import facts_of
from worktime import Calendar


def end_of(day: date, case: Case, calendar: Calendar | None) -> datetime:
    """When offices close that day; at the promised time of day where the calendar is not known. Raises NotWorkingDay."""
    if calendar is None:
        return datetime.combine(day, case.promised_at.astimezone(CIVIL_TIME).time(), CIVIL_TIME)
    if not calendar.shifts_on(day):
        raise NotWorkingDay
    return calendar.closing(day)


def ask(case: Case, asked: AskedExtension, by: Actor, most: int) -> Decision[Case]:
    """The officer who has it asks, or one who leads the unit. Raises a Refusal."""
    case.allow(Transition.EXTENSION_ASKED)
    if not by.leads and (case.officer is None or case.officer.id != by.person.id):
        raise SomebodyElses(case.officer.name if case.officer else None)
    if case.asked is not None:
        raise ExtensionPending(case.asked.by.name)
    if case.extensions >= most:
        raise ExtensionsUsedUp(most)
    _require_later(case, asked, asked.at)
    event = CaseExtensionAskedV1(
        **facts_of(case, asked.at),
        ground=asked.ground,
        until=asked.until,
        details=asked.details,
        by=by.person.id,
        by_name=by.person.name,
    )
    return Decision(replace(case, asked=asked), (event,))


def answer(case: Case, by: Actor, now: datetime, *, confirm: bool) -> Decision[Case]:
    """A leader's. Raises a Refusal: also where the date that was asked for is no later one any more."""
    if not by.leads:
        raise OnlyLeadersConfirm
    case.allow(Transition.EXTENDED if confirm else Transition.EXTENSION_REFUSED)
    asked = case.asked
    if asked is None:
        raise NothingAsked
    if not confirm:
        refused = CaseExtensionRefusedV1(**facts_of(case, now), by=by.person.id, by_name=by.person.name)
        return Decision(replace(case, asked=None), (refused,))
    _require_later(case, asked, now)
    event = CaseExtendedV1(
        **facts_of(case, now),
        ground=asked.ground,
        until=asked.until,
        details=asked.details,
        by=by.person.id,
        by_name=by.person.name,
    )
    return Decision(replace(case, asked=None, extensions=case.extensions + 1), (event,))


def _require_later(case: Case, asked: AskedExtension, now: datetime) -> None:
    if civil_day(asked.until) <= max(civil_day(case.promised_at), civil_day(now)):
        raise NotLater
