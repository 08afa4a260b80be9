"""What routing says of a case that waits for its applicant: since when and for what, and that it goes on."""

from contracts.registry import event
from contracts.routing import CaseFact
from contracts.supplements import OwedKind, OwedRequest
from contracts.topics import CASES
from contracts.values import Count, Identifier, Moment, Text


@event("case.paused.v1", CASES)
class CasePausedV1(CaseFact, OwedRequest):
    """`by` asked the applicant for it; from `at` on the clock stands still. `officer` has the case meanwhile."""

    by: Identifier
    by_name: Text | None = None
    officer: Identifier
    officer_name: Text | None = None


@event("case.resumed.v1", CASES)
class CaseResumedV1(CaseFact):
    """What was owed has come, at `handed_in_at`: from then on the clock runs again. `officer` works on it."""

    owed: OwedKind
    request_number: Count
    paused_at: Moment
    handed_in_at: Moment
    officer: Identifier
    officer_name: Text | None = None
