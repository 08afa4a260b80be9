"""What an applicant says of how they were served: one answer, once, after the result, by nobody else."""

from enum import StrEnum

from contracts.refusal import Refusal


class Satisfaction(StrEnum):
    VERY_SATISFIED = "very_satisfied"
    SATISFIED = "satisfied"
    DISSATISFIED = "dissatisfied"


class NotByStaff(Refusal):
    """No right that somebody could be given: whoever signs out may."""

    def __init__(self) -> None:
        super().__init__(
            "rating-not-by-staff",
            vi="Chỉ người nộp hồ sơ được đánh giá. Hãy đăng xuất; người nộp đánh giá trên máy của mình.",
            en="Only the applicant rates. Sign out; applicants rate on a device of their own.",
        )


class NotHandedOver(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "rating-before-result",
            vi="Hồ sơ chưa trả kết quả. Hãy đánh giá sau khi đã nhận kết quả.",
            en="The result has not been handed over yet. Please rate once you have it.",
        )
