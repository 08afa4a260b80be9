"""Where a case stands, and the table of all that can happen to it."""

from enum import StrEnum
from typing import Final

from services.routing.domain.history import Transition


class State(StrEnum):
    UNASSIGNED = "unassigned"
    ASSIGNED = "assigned"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
    WAITING = "waiting"
    STOPPED = "stopped"
    SUBMITTED = "submitted"


WORKED_ON: Final = frozenset({State.UNASSIGNED, State.ASSIGNED, State.SUBMITTED})
OPEN: Final = WORKED_ON | {State.WAITING}
"""In which somebody has to do something about it; while it waits, its applicant."""

EXTENDING: Final = (Transition.EXTENSION_ASKED, Transition.EXTENDED, Transition.EXTENSION_REFUSED)
TRANSITIONS: Final[dict[tuple[State | None, Transition], State]] = {
    (None, Transition.OPENED): State.UNASSIGNED,
    (State.UNASSIGNED, Transition.ASSIGNED): State.ASSIGNED,
    (State.ASSIGNED, Transition.ASSIGNED): State.ASSIGNED,
    (State.UNASSIGNED, Transition.DECIDED): State.DECIDED,
    (State.ASSIGNED, Transition.DECIDED): State.DECIDED,
    (State.UNASSIGNED, Transition.WITHDRAWN): State.WITHDRAWN,
    (State.ASSIGNED, Transition.WITHDRAWN): State.WITHDRAWN,
    (State.DECIDED, Transition.WITHDRAWAL_REFUSED): State.DECIDED,
    **{(state, due): state for state in sorted(WORKED_ON) for due in (Transition.DUE_SOON, Transition.OVERDUE)},
    (State.ASSIGNED, Transition.PAUSED): State.WAITING,
    (State.WAITING, Transition.ASSIGNED): State.WAITING,
    (State.WAITING, Transition.RESUMED): State.ASSIGNED,
    (State.WAITING, Transition.WITHDRAWN): State.WITHDRAWN,
    **{(state, Transition.STOPPED): State.STOPPED for state in sorted(OPEN)},
    **{(state, transition): state for state in sorted(WORKED_ON) for transition in EXTENDING},
    (State.STOPPED, Transition.WITHDRAWAL_REFUSED): State.STOPPED,
    (State.ASSIGNED, Transition.SUBMITTED_FOR_SIGNATURE): State.SUBMITTED,
    (State.SUBMITTED, Transition.TAKEN_BACK): State.ASSIGNED,
    (State.SUBMITTED, Transition.RETURNED_TO_OFFICER): State.ASSIGNED,
    (State.SUBMITTED, Transition.SIGNED): State.DECIDED,
    # Whoever has it from then on drafts anew.
    (State.SUBMITTED, Transition.ASSIGNED): State.ASSIGNED,
    (State.SUBMITTED, Transition.WITHDRAWN): State.WITHDRAWN,
}


CLOSED: Final = frozenset(State) - OPEN


def state_of(
    officer: object | None,
    decision: object | None,
    withdrawal: object | None,
    stop: object | None = None,
    pause: object | None = None,
    proposal: object | None = None,
) -> State:
    """By who has the case, what was decided, how it was withdrawn or stopped, what it waits for, what waits for signature: None
    for nobody and nothing.
    """
    if decision is not None:
        return State.DECIDED
    if withdrawal is not None:
        return State.WITHDRAWN
    if stop is not None:
        return State.STOPPED
    if pause is not None:
        return State.WAITING
    if proposal is not None:
        return State.SUBMITTED
    return State.UNASSIGNED if officer is None else State.ASSIGNED
