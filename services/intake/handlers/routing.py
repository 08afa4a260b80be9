"""Routing's part: a case opened, a case decided, a case stopped. In between the dossier is routing's alone."""

from contracts.endings.routing import CaseExtendedV1, CaseStoppedV1
from contracts.refusal import Refusal
from contracts.routing import CaseDecidedV1, CaseOpenedV1
from messaging.handler_table import Context, Decision
from services.intake.domain import facts
from services.intake.domain.dossier import Dossier
from services.intake.domain.endings import Extension, Stop
from services.intake.domain.stages import Transition


class UnknownDossier(Refusal):
    def __init__(self, dossier: str) -> None:
        super().__init__("unknown-dossier", vi=f"Không có hồ sơ {dossier}.", en=f"There is no dossier {dossier}.")


def take_up(dossier: Dossier | None, event: CaseOpenedV1, context: Context) -> Decision[Dossier]:
    """The competent unit has it: the portal's status 4."""
    after = existing(dossier, context).moved(Transition.TAKE_UP, context.now)
    return Decision(after, (facts.taken_up(after, event.at),))


def record_decision(dossier: Dossier | None, event: CaseDecidedV1, context: Context) -> Decision[Dossier]:
    """The result is signed; from here the dossier is intake's again, to be handed over."""
    after = existing(dossier, context).moved(
        Transition.DECIDE,
        context.now,
        outcome=event.outcome,
        decided_at=event.at,
        result_number=event.result_number,
        decline_reason=event.reason,
    )
    return Decision(after, (facts.decided(after, event.by),))


def record_stop(dossier: Dossier | None, event: CaseStoppedV1, context: Context) -> Decision[Dossier]:
    """There will be no result: the portal's status 8. A withdrawal that waits is answered by routing's next word."""
    stop = Stop(ground=event.ground, details=event.details, at=event.at, by=event.by)
    after = existing(dossier, context).moved(Transition.STOP, context.now, stop=stop)
    return Decision(after, (facts.stopped(after),))


def record_extension(dossier: Dossier | None, event: CaseExtendedV1, context: Context) -> Decision[Dossier]:
    """A leader has confirmed it: from here on the new date is promised, with an apology. A clock that went on meanwhile may have
    led to a later date already, and no date is taken back.
    """
    before = existing(dossier, context)
    assert before.promised_at is not None  # noqa: S101 -- a case is opened for what was accepted
    given = Extension(ground=event.ground, previous_at=before.promised_at, at=event.at, by=event.by, details=event.details)
    after = before.moved(Transition.EXTEND, context.now, promised_at=max(event.until, before.promised_at), extension=given)
    return Decision(after, (facts.extended(after),))


def existing(dossier: Dossier | None, context: Context) -> Dossier:
    """Raises UnknownDossier."""
    if dossier is None:
        raise UnknownDossier(context.attributes.subject)
    return dossier
