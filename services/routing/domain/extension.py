"""More time than was promised (form 04): asked for by whoever works on a case, confirmed or refused by a leader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Self

from contracts.endings.ground import ExtensionGround
from contracts.refusal import Invalid, Refusal
from services.routing.domain.history import Person


class ExtensionPending(Refusal):
    def __init__(self, by: str) -> None:
        super().__init__(
            "extension-pending",
            vi=f"{by} đã xin gia hạn hồ sơ này. Hãy chờ lãnh đạo trả lời.",
            en=f"{by} has asked for more time already. Wait for a leader's answer.",
        )


class ExtensionsUsedUp(Refusal):
    def __init__(self, most: int) -> None:
        super().__init__(
            "extensions-used-up",
            vi=f"Mỗi hồ sơ được gia hạn nhiều nhất {most} lần, hồ sơ này đã đủ. Hãy giải quyết, hoặc trình lãnh đạo.",
            en=f"A dossier may be extended {most} time(s) at most, and this one has been. Decide it, or ask the unit's leader.",
        )


class NothingAsked(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "extension-not-asked",
            vi="Hồ sơ này không có đề nghị gia hạn nào đang chờ. Hãy mở lại hồ sơ.",
            en="Nobody waits for more time for this case. Open it again.",
        )


class OnlyLeadersConfirm(Refusal):
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            "extension-only-leaders-confirm",
            vi="Chỉ lãnh đạo cơ quan giải quyết trả lời được đề nghị gia hạn.",
            en="Only a leader of the competent unit may answer this.",
        )


class NotLater(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "extension-not-later",
            vi="Ngày hẹn mới phải sau hôm nay và sau ngày hẹn đang có.",
            en="The new date must lie after today and after the promised date.",
            field="until",
        )


class NotWorkingDay(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "extension-not-a-working-day",
            vi="Ngày hẹn mới là ngày nghỉ. Hãy chọn một ngày làm việc.",
            en="The new date is a day off. Choose a working day.",
            field="until",
        )


class GroundInWords(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "extension-details-missing",
            vi="Gia hạn vì lý do khác thì phải nêu rõ, để người nộp biết.",
            en="Another reason has to be stated in words, so that the applicant knows it.",
            field="details",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedExtension:
    """Raises GroundInWords where the ground says nothing by itself."""

    ground: ExtensionGround
    until: datetime
    at: datetime
    by: Person
    details: str | None = None

    def __post_init__(self) -> None:
        if self.ground is ExtensionGround.OTHER and not self.details:
            raise GroundInWords

    def data(self) -> dict[str, Any]:
        """As the database keeps it."""
        moments = {"until": self.until.isoformat(), "at": self.at.isoformat()}
        return moments | {
            "ground": self.ground.value,
            "details": self.details,
            "by": self.by.id,
            "by_name": self.by.name,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            ground=ExtensionGround(data["ground"]),
            until=datetime.fromisoformat(data["until"]),
            at=datetime.fromisoformat(data["at"]),
            by=Person(data["by"], data["by_name"]),
            details=data["details"],
        )
