"""A dossier taken back: why, and of what it is the duplicate. The one that stays has to be there, and has to stay.

Two dossiers of one matter must not each be withdrawn as the other's duplicate: both are locked, and the second is refused.
"""

from dataclasses import dataclass
from typing import Final

from contracts.refusal import Invalid, Refusal
from contracts.values import WithdrawalReason
from services.intake.domain.dossier import Dossier
from services.intake.domain.stages import Stage, Transition, allowed

_WAITING_FOR_CLERK: Final = frozenset({Stage.SUBMITTED, Stage.RETURNED})
_GONE: Final = frozenset({Stage.REFUSED, Stage.WITHDRAWN, Stage.STOPPED})


class ReferenceMissing(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "duplicate-missing",
            vi="Rút vì trùng thì phải chọn hồ sơ được giữ lại.",
            en="Choose the dossier that stays, of which this one is the duplicate.",
            field="duplicate_of",
        )


class ReferenceWithoutDuplicate(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "duplicate-not-the-reason",
            vi="Chỉ chọn hồ sơ được giữ lại khi lý do là trùng. Hãy bỏ chọn, hoặc chọn lý do trùng.",
            en="A dossier that stays belongs to the reason “duplicate”. Clear it, or choose that reason.",
            field="duplicate_of",
        )


class NotItsDuplicate(Invalid):
    """One sentence for all of it: whose another unit's dossier is, is not this clerk's to know."""

    def __init__(self) -> None:
        super().__init__(
            "not-its-duplicate",
            vi="Hồ sơ được giữ lại phải của cùng người, cùng thủ tục, ở đơn vị của bạn, và chưa bị rút hay từ chối.",
            en="The dossier that stays must be the same person's, of the same procedure, at a unit of yours, and neither"
            " withdrawn nor refused.",
            field="duplicate_of",
        )


class WithdrawalPending(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "withdrawal-pending",
            vi="Đã yêu cầu rút hồ sơ này, đang chờ cơ quan giải quyết trả lời. Hãy mở lại hồ sơ để xem.",
            en="Its withdrawal has been asked for and waits for the competent unit's answer. Open the dossier again to see it.",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a clerk asks for. Raises ReferenceMissing and ReferenceWithoutDuplicate."""

    reason: WithdrawalReason
    duplicate_of: str | None = None

    def __post_init__(self) -> None:
        if self.reason is WithdrawalReason.DUPLICATE and not self.duplicate_of:
            raise ReferenceMissing
        if self.reason is not WithdrawalReason.DUPLICATE and self.duplicate_of:
            raise ReferenceWithoutDuplicate


def is_intakes(dossier: Dossier) -> bool:
    """Whether intake itself decides on a withdrawal; from acceptance on it asks."""
    return dossier.stage in _WAITING_FOR_CLERK


def may_be_asked_back(dossier: Dossier) -> bool:
    """Whether there is anything to ask: it can be withdrawn, and no answer is awaited."""
    ways = {Transition.WITHDRAW, Transition.REQUEST_WITHDRAWAL} & allowed(dossier.stage)
    return bool(ways) and not dossier.withdrawal_pending


def may_be_withdrawn(dossier: Dossier) -> None:
    """Raises WithdrawalPending. Whether its stage allows it is the table's to say."""
    if dossier.withdrawal_pending:
        raise WithdrawalPending


def require_stays(other: Dossier | None, dossier: Dossier, *, same_person: bool) -> None:
    """Raises NotItsDuplicate unless the other dossier is of one matter with this one, and stays."""
    if other is None or not same_person or other.id == dossier.id or other.procedure.code != dossier.procedure.code:
        raise NotItsDuplicate
    if other.stage in _GONE or other.withdrawal_pending:
        raise NotItsDuplicate
