"""What is refused about a draft and its signature, and what to do instead, in both languages."""

from http import HTTPStatus

from contracts.refusal import Refusal


class NotSubmitted(Refusal):
    def __init__(self, code: str) -> None:
        super().__init__(
            "case-not-submitted",
            vi=f"Hồ sơ {code} không có dự thảo nào đang chờ ký. Hãy tải lại trang để xem hồ sơ đang ở đâu.",
            en=f"No draft of {code} waits for signature. Load the page again to see where the case is.",
        )


class WaitsForSignature(Refusal):
    def __init__(self, code: str) -> None:
        super().__init__(
            "case-waits-for-signature",
            vi=f"Dự thảo của hồ sơ {code} đang chờ ký. Hãy rút lại dự thảo, hoặc chờ lãnh đạo ký hay trả lại.",
            en=f"The draft of {code} waits for signature. Take it back, or wait until a leader signs or returns it.",
        )


class NeedsSignature(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "case-needs-signature",
            vi="Kết quả của thủ tục này do lãnh đạo ký. Chuyên viên đang giữ hồ sơ hãy trình ký.",
            en="A leader signs the result of this procedure. Let the officer who has the case submit it for signature.",
        )


class DecidedAlone(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "case-decided-alone",
            vi="Thủ tục này chuyên viên tự quyết định, không trình ký. Hãy quyết định hồ sơ.",
            en="The officer decides this procedure alone, without a signature. Decide the case.",
        )


class OwnDraft(Refusal):
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            "case-own-draft",
            vi="Người trình không tự ký. Hãy nhờ lãnh đạo khác ký, hoặc rút lại rồi giao cho chuyên viên khác.",
            en="Nobody signs their own draft. Ask another leader, or take it back and give the case to another officer.",
        )


class OnlyLeadersSign(Refusal):
    status = HTTPStatus.FORBIDDEN

    def __init__(self, unit: str) -> None:
        super().__init__(
            "case-only-leaders-sign",
            vi=f"Chỉ lãnh đạo của {unit}, hoặc người thay khi lãnh đạo vắng, mới ký hay trả lại dự thảo. Hãy chờ lãnh đạo.",
            en=f"Only a leader of {unit}, or the deputy of one who is away, signs or returns a draft. Wait for the leader.",
        )
