"""One function per fact, pure over one dossier, guidance turn or message. Intake's facts write intake's columns, routing's
write routing's; every fact goes into the history with what the figures looked at as it stood after it.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from contracts.civil import civil_day
from contracts.endings.intake import DossierExtendedV1
from contracts.endings.routing import CaseStoppedV1
from contracts.intake import (
    DossierAcceptedV1,
    DossierFact,
    DossierHandedOverV1,
    DossierReturnedV1,
    GuidanceGivenV1,
)
from contracts.notify import MessageFact
from contracts.routing import (
    CaseAssignedV1,
    CaseDecidedV1,
    CaseDueFact,
    CaseFact,
    CaseOpenedV1,
    CaseWithdrawnV1,
)
from contracts.signature.routing import CaseSignedV1, CaseSubmittedForSignatureV1, SigningFact
from contracts.supplements.routing import CasePausedV1, CaseResumedV1
from messaging.handler_table import Context, Decision
from services.reporting.domain.dossier import Data, Dossier, Fact, GuidanceTurn, Message


def record_status(state: Dossier | None, event: DossierFact, context: Context) -> Decision[Dossier]:
    """What every fact about a dossier says: where it stands and what was promised."""
    return _apply_intake(state, event, context)


def record_return(state: Dossier | None, event: DossierReturnedV1, context: Context) -> Decision[Dossier]:
    return _apply_intake(state, event, context, returned=(state.returned if state else 0) + 1)


def record_acceptance(state: Dossier | None, event: DossierAcceptedV1, context: Context) -> Decision[Dossier]:
    """From which on a dossier is counted."""
    accepted = event.accepted_at
    return _apply_intake(state, event, context, accepted_at=accepted, accepted_on=civil_day(accepted))


def record_hand_over(state: Dossier | None, event: DossierHandedOverV1, context: Context) -> Decision[Dossier]:
    """Kept to be shown; no figure of lateness looks at it."""
    return _apply_intake(state, event, context, handed_over_at=event.handed_over_at)


def record_case(state: Dossier | None, event: CaseOpenedV1, context: Context) -> Decision[Dossier]:
    return _apply_routing(state, event, context, case_state="opened")


def record_assignment(state: Dossier | None, event: CaseAssignedV1, context: Context) -> Decision[Dossier]:
    return _apply_routing(state, event, context, case_state="assigned", officer=event.officer)


def record_decision(state: Dossier | None, event: CaseDecidedV1, context: Context) -> Decision[Dossier]:
    """The end of processing, by which lateness is judged."""
    decided: dict[str, Any] = {"decided_at": event.at, "decided_on": civil_day(event.at), "outcome": event.outcome}
    return _apply_routing(state, event, context, case_state="decided", **decided)


def record_withdrawal(state: Dossier | None, event: CaseWithdrawnV1, context: Context) -> Decision[Dossier]:
    """Nobody holds it any more. By which status it counts, if at all, is intake's next fact and the definition's to say."""
    return _apply_routing(state, event, context, case_state="withdrawn")


def record_extension(state: Dossier | None, event: DossierExtendedV1, context: Context) -> Decision[Dossier]:
    """Another date in time is the one that counts. One given after the promised day had passed makes nothing on time: lateness
    goes by the first day that passed, whatever is promised afterwards.
    """
    held = state.judged_on if state else None
    passed = civil_day(event.previous_at)
    if held is None and civil_day(event.at) > passed:
        held = passed
    return _apply_intake(state, event, context, judged_on=held)


def record_stop(state: Dossier | None, event: CaseStoppedV1, context: Context) -> Decision[Dossier]:
    """As with a withdrawal: nobody holds it any more, and the status says where it counts."""
    return _apply_routing(state, event, context, case_state="stopped")


def record_answer(state: Dossier | None, event: CaseFact, context: Context) -> Decision[Dossier]:
    """Routing has said something that changes no figure: it stands as it was counted."""
    return _apply_routing(state, event, context)


def record_due(state: Dossier | None, event: CaseDueFact, context: Context) -> Decision[Dossier]:
    """Kept in the history: every figure of lateness counts by the dates themselves, whenever the clock found them."""
    return _apply_routing(state, event, context)


def record_pause(state: Dossier | None, event: CasePausedV1, context: Context) -> Decision[Dossier]:
    """Whoever has it has it meanwhile. Where it counts is the status's to say."""
    return _apply_routing(state, event, context, case_state="waiting")


def record_resumption(state: Dossier | None, event: CaseResumedV1, context: Context) -> Decision[Dossier]:
    return _apply_routing(state, event, context, case_state="assigned", officer=event.officer)


def record_draft(state: Dossier | None, event: SigningFact, context: Context) -> Decision[Dossier]:
    """Submitted: the unit's leaders have it. Taken back or returned: its officer has it again. No figure changes."""
    waits = isinstance(event, CaseSubmittedForSignatureV1)
    return _apply_routing(state, event, context, case_state="submitted" if waits else "assigned", officer=event.officer)


def record_signature(state: Dossier | None, event: CaseSignedV1, context: Context) -> Decision[Dossier]:
    """Who signed had it while it waited; the decision comes next, and its officer stays who drafted it."""
    after = _apply_routing(state, event, context, case_state="signed").state
    *before, last = after.pending_history
    return Decision(replace(after, pending_history=(*before, replace(last, data={**last.data, "officer": event.by}))))


def record_guidance(_: GuidanceTurn | None, event: GuidanceGivenV1, context: Context) -> Decision[GuidanceTurn]:
    recorded = context.attributes.time
    field = event.procedure.field if event.procedure else None
    turn = GuidanceTurn(
        id=context.attributes.subject,
        unit=event.unit.id,
        unit_name=event.unit.name,
        kind=event.kind,
        field=field,
        given_at=event.at,
        given_on=civil_day(event.at),
        recorded_at=recorded,
        pending_history=(_fact(context, event.at, recorded, {"unit": event.unit.id, "kind": event.kind, "field": field}),),
    )
    return Decision(turn)


def record_message(state: Message | None, event: MessageFact, context: Context) -> Decision[Message]:
    """What became of a message: kept in the history, by type and channel."""
    fact = _fact(context, event.at, context.attributes.time, {"channel": event.channel})
    return Decision((state or Message()).record(fact))


def _apply_intake(state: Dossier | None, event: DossierFact, context: Context, **more: Any) -> Decision[Dossier]:
    dossier = state or Dossier(id=context.attributes.subject)
    promised = event.promised_at or dossier.promised_at
    recorded = _recorded(dossier.intake_recorded_at, context)
    held_to: date | None = more.get("judged_on", dossier.judged_on)
    # Counted where it was accepted, also when a successor holds it later: a period's figures stay as they were.
    counted = dossier.accepted_at is not None
    after = replace(
        dossier,
        unit=dossier.unit if counted else event.unit.id,
        unit_name=dossier.unit_name if counted else event.unit.name,
        field=event.procedure.field,
        field_title=event.procedure.field_title,
        procedure=event.procedure.code,
        procedure_title=event.procedure.title,
        channel=event.channel,
        status=event.status,
        code=event.code or dossier.code,
        received_at=dossier.received_at or event.at,
        promised_at=promised,
        promised_on=held_to or (None if promised is None else civil_day(promised)),
        known_since=dossier.known_since or recorded,
        intake_sequence=context.attributes.sequence,
        intake_recorded_at=recorded,
        **more,
    )
    return Decision(after.record(_fact(context, event.at, recorded, after.intake_data())))


def _apply_routing(state: Dossier | None, event: CaseFact, context: Context, **more: Any) -> Decision[Dossier]:
    dossier = state or Dossier(id=context.attributes.subject)
    recorded = _recorded(dossier.case_recorded_at, context)
    after = replace(
        dossier,
        competent_unit=event.competent_unit.id,
        competent_name=event.competent_unit.name,
        case_sequence=context.attributes.sequence,
        case_recorded_at=recorded,
        **more,
    )
    return Decision(after.record(_fact(context, event.at, recorded, after.case_data())))


def _recorded(before: datetime | None, context: Context) -> datetime:
    """The publisher's time; its processes' clocks may differ, so never before the predecessor's."""
    return max(before or context.attributes.time, context.attributes.time)


def _fact(context: Context, at: datetime, recorded_at: datetime, data: Data) -> Fact:
    envelope = context.attributes
    return Fact(
        source=envelope.source,
        subject=envelope.subject,
        sequence=envelope.sequence,
        type=envelope.type,
        at=at,
        recorded_at=recorded_at,
        lane=context.lane,
        data=data,
    )
