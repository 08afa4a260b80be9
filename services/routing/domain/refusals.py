"""What routing refuses, and what to do instead, in both languages."""

from http import HTTPStatus

from contracts.refusal import Invalid, NotFound, Refusal


class CaseUnknown(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "case-unknown",
            vi="Không có hồ sơ này trong danh sách xử lý. Hồ sơ vừa tiếp nhận có thể cần vài giây mới tới.",
            en="There is no such case. A dossier accepted just now may take a few seconds to arrive.",
        )


class AlreadyOpen(Refusal):
    """Intake accepts a dossier once; a second acceptance is its mistake and waits for a person."""

    def __init__(self, code: str) -> None:
        super().__init__(
            "case-already-open",
            vi=f"Hồ sơ {code} đã được mở để xử lý.",
            en=f"A case is already open for {code}.",
        )


class AlreadyDecided(Refusal):
    def __init__(self, code: str) -> None:
        super().__init__(
            "case-already-decided",
            vi=f"Hồ sơ {code} đã có kết quả, không giao hay quyết định lại được.",
            en=f"{code} has been decided; it can be neither assigned nor decided again.",
        )


class AlreadyWithdrawn(Refusal):
    """`by`: who asked for it at the counter; None where that is not known."""

    def __init__(self, code: str, by: str | None, duplicate_of: str | None) -> None:
        why_vi = f"trùng với hồ sơ {duplicate_of}" if duplicate_of else "người nộp xin rút"
        why_en = f"a duplicate of {duplicate_of}" if duplicate_of else "the applicant asked for it"
        super().__init__(
            "case-withdrawn",
            vi=f"Hồ sơ {code} đã được rút ({why_vi}{f'; {by} ghi' if by else ''}), không giao hay quyết định được nữa.",
            en=f"{code} has been withdrawn ({why_en}{f'; by {by}' if by else ''}); it can be neither assigned nor decided.",
        )


class AlreadyTheirs(Refusal):
    def __init__(self, officer: str) -> None:
        super().__init__(
            "case-already-theirs",
            vi=f"{officer} đang giữ hồ sơ này rồi.",
            en=f"{officer} already has this case.",
            field="officer",
        )


class SomebodyElses(Refusal):
    status = HTTPStatus.FORBIDDEN

    def __init__(self, officer: str | None) -> None:
        super().__init__(
            "case-somebody-elses",
            vi=f"Hồ sơ này do {officer} xử lý."
            if officer
            else "Hồ sơ này chưa giao cho ai. Hãy nhận hồ sơ trước khi quyết định.",
            en=f"{officer} works on this case." if officer else "Nobody has this case yet. Take it before you decide it.",
        )


class OnlyLeadersReassign(Refusal):
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            "case-only-leaders-reassign",
            vi="Chuyên viên chỉ tự nhận được hồ sơ chưa giao cho ai. Muốn chuyển người xử lý, hãy nhờ lãnh đạo đơn vị.",
            en="An officer may take a case that nobody has. To move one to another officer, ask the unit's leader.",
        )


class NotAnOfficerHere(Invalid):
    def __init__(self, unit: str) -> None:
        super().__init__(
            "officer-not-here",
            vi=f"Người này không phải chuyên viên đang làm việc tại {unit}. Hãy chọn người khác.",
            en=f"This person is not an active officer of {unit}. Choose somebody else.",
            field="officer",
        )


class ReasonMissing(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "reason-missing",
            vi="Không giải quyết thì phải nêu lý do để người dân biết.",
            en="To decline is to state the reason, so that the applicant knows it.",
            field="reason",
        )


class ReasonWithoutDecline(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "reason-without-decline",
            vi="Lý do chỉ dùng khi không giải quyết. Hãy xoá lý do, hoặc chọn không giải quyết.",
            en="A reason belongs to declining. Clear it, or decline.",
            field="reason",
        )


class NumberWithoutGrant(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "number-without-grant",
            vi="Số, ký hiệu văn bản chỉ có khi giải quyết. Hãy xoá số kết quả.",
            en="Only a grant has a result number. Clear it.",
            field="result_number",
        )
