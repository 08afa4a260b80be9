"""Papers or money are asked for, and have come: the case waits and goes on. Routing says so, and intake's clock follows.

What comes for a case that was closed meanwhile needs no answer: that it was closed has been said already.
"""

from collections.abc import Mapping
from datetime import datetime

from contracts.registry import Event
from contracts.supplements.intake import DossierHandedInV1, DossierResumedV1
from contracts.supplements.routing import CasePausedV1, CaseResumedV1
from messaging.handler_table import Context, Decision
from services.routing.domain.case import Actor, Case
from services.routing.domain.pause import Pause, Wanted
from services.routing.domain.refusals import CaseUnknown
from services.routing.domain.supplement import paused, resumed
from services.routing.handlers.facts import facts_of


def ask(case: Case, wanted: Wanted, known: Mapping[str, str], by: Actor, now: datetime) -> Decision[Case]:
    """Everything missing at once, or an amount. Raises a Refusal."""
    after = paused(case, wanted, known, by, now)
    assert after.pause is not None  # noqa: S101 -- it waits now
    return Decision(after, (_paused(after, after.pause),))


def resume(state: Case | None, event: DossierHandedInV1, context: Context) -> Decision[Case] | None:
    """Raises CaseUnknown where the acceptance was skipped, and NothingOwed for what was not asked for."""
    if state is None:
        raise CaseUnknown
    if state.closed:
        return None
    after = resumed(state, event.papers)
    assert state.pause is not None  # noqa: S101 -- or it would have been refused
    assert after.officer is not None  # noqa: S101 -- only a case that somebody has waits
    return Decision(
        after,
        (
            CaseResumedV1(
                **facts_of(after, context.now),
                owed=state.pause.owed,
                request_number=state.pause.number,
                paused_at=state.pause.since,
                handed_in_at=event.at,
                officer=after.officer.id,
                officer_name=after.officer.name,
            ),
        ),
    )


def move_promise(state: Case | None, event: DossierResumedV1, _: Context) -> Decision[Case] | None:
    """The promise is intake's: it has been counted again with the pause in it."""
    if state is None:
        return None
    return Decision(state.promised_for(event.promised_at, event.provisional))


def _paused(case: Case, pause: Pause) -> Event:
    assert case.officer is not None  # noqa: S101 -- as above
    return CasePausedV1(
        **facts_of(case, pause.since),
        owed=pause.owed,
        request_number=pause.number,
        missing=list(pause.papers),
        amount=pause.amount,
        by=pause.by.id,
        by_name=pause.by.name,
        officer=case.officer.id,
        officer_name=case.officer.name,
    )
