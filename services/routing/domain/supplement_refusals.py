"""What routing refuses about papers and money asked for after acceptance, and what to do instead, in both languages."""

from collections.abc import Sequence
from datetime import datetime

from contracts.civil import civil_moment
from contracts.refusal import Invalid, Refusal
from contracts.supplements import OwedKind

_VI = {OwedKind.PAPERS: "bổ sung giấy tờ", OwedKind.MONEY: "thực hiện nghĩa vụ tài chính"}
_EN = {OwedKind.PAPERS: "papers", OwedKind.MONEY: "a payment"}


class StillWaiting(Refusal):
    """Whoever wants to decide it, or to ask once more, learns what it waits for."""

    def __init__(self, code: str, owed: OwedKind, since: datetime) -> None:
        day = f"{civil_moment(since):%H:%M %d/%m/%Y}"
        super().__init__(
            "case-waiting",
            vi=f"Hồ sơ {code} đang chờ {_VI[owed]} từ {day}. Đợi người nộp {_VI[owed]} rồi mới giải quyết hay yêu cầu thêm được.",
            en=f"{code} has waited for {_EN[owed]} since {day}. It can be decided, or more asked for, once that has come.",
        )


class NothingOwed(Refusal):
    """Something was handed in that the case does not wait for: intake's mistake, which waits for a person."""

    def __init__(self, code: str) -> None:
        super().__init__(
            "nothing-owed",
            vi=f"Hồ sơ {code} không chờ bổ sung giấy tờ hay thanh toán gì.",
            en=f"{code} waits for no papers and no payment.",
        )


class NothingNamed(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "nothing-named",
            vi="Hãy chọn lý do ở ít nhất một giấy tờ cần bổ sung. Mọi giấy tờ phải nêu đủ trong một lần.",
            en="Choose the reason beside at least one paper. Everything missing has to be named at once.",
            field="missing",
        )


class PaperNamedTwice(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "paper-named-twice",
            vi="Mỗi giấy tờ chỉ nêu một lần, với một lý do.",
            en="Name each paper once, with one reason.",
            field="missing",
        )


class NoteMissing(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "note-missing",
            vi="Lý do khác thì phải ghi rõ là gì.",
            en="Say what it is where the reason is another one.",
            field="note",
        )


class AmountMissing(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "amount-missing",
            vi="Hãy ghi số tiền phải nộp, lớn hơn 0 đồng.",
            en="Give the amount that is owed, more than 0 đồng.",
            field="amount",
        )


class PaperUnknown(Invalid):
    def __init__(self, codes: Sequence[str]) -> None:
        named = ", ".join(codes)
        super().__init__(
            "paper-not-of-procedure",
            vi=f"Thủ tục này không có giấy tờ mã {named}. Chỉ yêu cầu được giấy tờ đã công bố.",
            en=f"This procedure has no paper {named}. Only what is published may be asked for.",
            field="missing",
        )


class AskedBefore(Invalid):
    """Asked again without having said that one knows what it means."""

    def __init__(self, times: int) -> None:
        super().__init__(
            "asked-before",
            vi=f"Hồ sơ này đã yêu cầu bổ sung {times} lần. Yêu cầu thêm lần nữa thì tính là trễ hạn trong bộ chỉ số phục vụ: "
            "hãy đánh dấu xác nhận nếu vẫn cần.",
            en=f"Papers were asked for {times} time{'s' * (times > 1)} before. Asking again counts as late in the service index: "
            "tick the box if it is needed all the same.",
            field="again",
        )
