"""What routing publishes when a leader stops a case, or lets it take longer than was promised."""

from contracts.endings.ground import ExtensionGround, StopGround
from contracts.registry import event
from contracts.routing import CaseFact
from contracts.topics import CASES
from contracts.values import Identifier, LongText, Moment, Text


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


@event("case.extension-asked.v1", CASES)
class CaseExtensionAskedV1(CaseFact):
    """Somebody who works on it needs time until `until`; a leader has to confirm. `details`: what is said besides."""

    ground: ExtensionGround
    until: Moment
    details: LongText | None = None
    by: Identifier
    by_name: Text | None = None


@event("case.extended.v1", CASES)
class CaseExtendedV1(CaseFact):
    """A leader has confirmed it. `promised_at` is the date until now: intake, whose promise it is, gives the new one."""

    ground: ExtensionGround
    until: Moment
    details: LongText | None = None
    by: Identifier
    by_name: Text | None = None


@event("case.extension-refused.v1", CASES)
class CaseExtensionRefusedV1(CaseFact):
    """The promised date stays. `by`: the leader."""

    by: Identifier
    by_name: Text | None = None
