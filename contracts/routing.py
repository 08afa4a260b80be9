"""What routing publishes: a case opened, who works on it, what was decided. No personal data of the applicant."""

from typing import Literal

from contracts.intake import ProcedureRef, UnitRef
from contracts.registry import Event, event
from contracts.topics import CASES
from contracts.values import DossierCode, Identifier, LongText, Moment, Outcome, Role, Text, WithdrawalReason


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
    """`officer` works on it. `by` gave it to them or took it; left out, the rule of competence chose."""

    officer: Identifier
    officer_name: Text
    by: Identifier | None = None
    by_name: Text | None = None


@event("case.decided.v1", CASES)
class CaseDecidedV1(CaseFact):
    """The result is signed: the end of processing, by which lateness is judged. A declined case states its reason.

    `by` decided. `officer` had the case until then, who is another where a leader decided; left out, nobody had it.
    """

    outcome: Outcome
    result_number: Text | None = None
    reason: LongText | None = None
    by: Identifier
    by_name: Text | None = None
    officer: Identifier | None = None
    officer_name: Text | None = None


@event("case.withdrawn.v1", CASES)
class CaseWithdrawnV1(CaseFact):
    """Closed without a decision, as intake asked. `by` asked for it at the counter; `officer` had it until then."""

    reason: WithdrawalReason
    duplicate_of: Identifier | None = None
    by: Identifier | None = None
    by_name: Text | None = None
    officer: Identifier | None = None
    officer_name: Text | None = None


@event("case.withdrawal-refused.v1", CASES)
class CaseWithdrawalRefusedV1(CaseFact):
    """The case was not withdrawn, for it had been decided or stopped: when, and by whom."""

    decided_at: Moment
    by: Identifier
    by_name: Text | None = None


class CaseDueFact(CaseFact):
    """Found by the clock, once for each promised date. `officer` has the case, if anybody; `responsible` is who is to act: an
    officer who can, otherwise whoever leads the unit.
    """

    responsible: Literal[Role.OFFICER, Role.LEADER]
    officer: Identifier | None = None
    officer_name: Text | None = None


@event("case.due-soon.v1", CASES)
class CaseDueSoonV1(CaseDueFact):
    """Its promised date is near, and it is not decided."""


@event("case.overdue.v1", CASES)
class CaseOverdueV1(CaseDueFact):
    """Its promised day has passed, and it is not decided: its leader's concern, whoever has it."""
