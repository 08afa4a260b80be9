"""A result that waits to be fetched: where it is handed over, to whom, and how often its applicant is reminded of it."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from contracts.civil import civil_day
from contracts.given import GivenText
from contracts.identity import IdentityKind, kind_of
from contracts.refusal import Refusal
from contracts.values import CIVIL_TIME, HandOver, Identifier, Text, Value
from services.intake.domain.applicant import GivenNumber
from services.intake.domain.dossier import Dossier
from services.intake.domain.stages import Transition, after

LONG: Final = timedelta(days=10)
"""Calendar days. The leader's board in reporting counts by the same."""


class GoesByPost(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "goes-by-post",
            vi="Kết quả này đã giao bưu điện gửi đến nhà, nên không trả tại quầy.",
            en="This result has been given to the post for delivery, so it is not handed over at the counter.",
        )


class NobodyToRemind(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "nobody-to-remind",
            vi="Người nộp không để lại liên lạc nào, nên không nhắc được.",
            en="The applicant left no way to be reached, so nobody can be reminded.",
        )


class RemindedToday(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "reminded-today",
            vi="Hôm nay đã nhắc người nộp hồ sơ này rồi. Mỗi hồ sơ chỉ nhắc một lần trong ngày.",
            en="The applicant of this dossier has been reminded today. A dossier has one reminder a day.",
        )


class Representative(Value):
    """Who fetched a result with the applicant's authority, as kept: sealed, and in no fact."""

    name: Text
    identity_kind: IdentityKind | None = None
    identity_number: Identifier


class GivenRepresentative(Representative):
    """As a clerk gives it: what cannot be right is refused while they are there."""

    name: GivenText
    identity_number: GivenNumber

    def kept(self) -> Representative:
        """With the kind that the number's shape tells, where none was given."""
        kind = self.identity_kind or kind_of(self.identity_number)
        return Representative(name=self.name, identity_kind=kind, identity_number=self.identity_number)


@dataclass(frozen=True, slots=True)
class SealedRepresentative:
    """As the database may hold them. `id` is that of the dossier whose result they fetched."""

    id: str
    sealed: bytes


def require_at_counter(dossier: Dossier) -> None:
    """Raises GoesByPost."""
    if dossier.hand_over is HandOver.POST:
        raise GoesByPost


def require_fetchable(dossier: Dossier) -> None:
    """Raises IllegalStep and GoesByPost."""
    after(dossier.stage, Transition.HAND_OVER)
    require_at_counter(dossier)


def require_may_be_reminded(dossier: Dossier, now: datetime) -> None:
    """Raises GoesByPost, NobodyToRemind and RemindedToday."""
    require_at_counter(dossier)
    if dossier.contact_version is None:
        raise NobodyToRemind
    if dossier.reminded_at is not None and civil_day(dossier.reminded_at) == civil_day(now):
        raise RemindedToday


def long_before(now: datetime) -> datetime:
    """What was decided before this moment has waited more than ten days: since midnight of the tenth day before today."""
    return datetime.combine(civil_day(now) - LONG, time(), CIVIL_TIME)


def days_waited(decided_at: datetime, now: datetime) -> int:
    return (civil_day(now) - civil_day(decided_at)).days
