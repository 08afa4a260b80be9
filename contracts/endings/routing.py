"""What routing publishes when a leader stops a case."""

from contracts.endings.ground import StopGround
from contracts.registry import event
from contracts.routing import CaseFact
from contracts.topics import CASES
from contracts.values import Identifier, LongText, Text


@event("case.stopped.v1", CASES)
class CaseStoppedV1(CaseFact):
    """Closed without a decision. `details`: what the applicant is told in words, as the reason of a declined case is. `by` leads
    the unit; `officer` had it until then, left out where nobody had.
    """

    ground: StopGround
    details: LongText | None = None
    by: Identifier
    by_name: Text | None = None
    officer: Identifier | None = None
    officer_name: Text | None = None
