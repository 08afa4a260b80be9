"""What routing publishes: a case opened, who works on it, what was decided. No personal data of the applicant."""

from contracts.intake import ProcedureRef, UnitRef
from contracts.registry import Event, event
from contracts.topics import CASES
from contracts.values import DossierCode, Identifier, LongText, Moment, Outcome, Text


class CaseFact(Event):
    """What every fact about a case carries; the case has the dossier's id."""

    code: DossierCode
    receiving_unit: UnitRef
    competent_unit: UnitRef
    procedure: ProcedureRef
    promised_at: Moment
    at: Moment


@event("case.opened.v1", CASES)
class CaseOpenedV1(CaseFact):
    """The competent unit has it."""


@event("case.assigned.v1", CASES)
class CaseAssignedV1(CaseFact):
    officer: Identifier
    officer_name: Text


@event("case.decided.v1", CASES)
class CaseDecidedV1(CaseFact):
    """The result is signed: the end of processing, by which lateness is judged. A declined case states its reason."""

    outcome: Outcome
    result_number: Text | None = None
    reason: LongText | None = None
    by: Identifier
