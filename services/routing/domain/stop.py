"""Processing stopped by a leader (form 05): on which ground, and what the applicant is told in words."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from contracts.endings.ground import StopGround
from contracts.refusal import Invalid, Refusal
from services.routing.domain.history import Person


class AlreadyStopped(Refusal):
    def __init__(self, code: str, by: str) -> None:
        super().__init__(
            "case-stopped",
            vi=f"Hồ sơ {code} đã dừng xử lý ({by} quyết định), không giao hay quyết định được nữa.",
            en=f"Processing of {code} has been stopped (by {by}); it can be neither assigned nor decided.",
        )


class OnlyLeadersStop(Refusal):
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            "case-only-leaders-stop",
            vi="Chỉ lãnh đạo cơ quan giải quyết dừng được hồ sơ. Hãy trình lãnh đạo đơn vị.",
            en="Only a leader of the competent unit may stop a case. Ask the unit's leader.",
        )


class DetailsMissing(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "stop-details-missing",
            vi="Dừng vì căn cứ khác thì phải nêu rõ, để người nộp biết.",
            en="To stop on another ground is to state it in words, so that the applicant knows it.",
            field="details",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Raises DetailsMissing where the ground says nothing by itself."""

    ground: StopGround
    at: datetime
    by: Person
    details: str | None = None

    def __post_init__(self) -> None:
        if self.ground is StopGround.OTHER and not self.details:
            raise DetailsMissing
