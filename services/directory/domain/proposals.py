"""A change that somebody has asked for and not yet confirmed: the files that it comes to, and what was shown of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final

from contracts.refusal import Invalid, NotFound, Refusal

OPEN_FOR: Final = timedelta(hours=1)
"""Long enough to read a long difference, and to ask somebody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`shown`: the fingerprint of the differences that `by` has seen. One that is `done` is forgotten."""

    id: str
    by: str
    files: Mapping[str, str]
    shown: str
    until: datetime
    done: bool = False


class UnknownProposal(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "unknown-proposal",
            vi="Thay đổi này đã được thực hiện, hoặc đã quá một giờ. Hãy xem lịch sử thay đổi, hoặc lập lại.",
            en="This change is done already, or more than an hour old. Look at the history of changes, or make it again.",
        )


class ChangedMeanwhile(Refusal):
    status = HTTPStatus.CONFLICT

    def __init__(self) -> None:
        super().__init__(
            "changed-meanwhile",
            vi="Trong lúc bạn xem, dữ liệu đã thay đổi. Hãy xem lại khác biệt rồi xác nhận.",
            en="The data have changed while you were reading. Look at the difference again, then confirm it.",
        )


class NothingChanges(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "nothing-changes",
            vi="Không có gì khác với dữ liệu đang có. Hãy sửa ít nhất một chỗ.",
            en="Nothing is different from what stands there. Change something first.",
        )


class PasswordByScreen(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "password-by-screen",
            vi="Mật khẩu không gửi qua màn hình. Hãy để trống cột initial_password rồi cấp mật khẩu dùng một lần cho từng người.",
            en="No password is sent by screen. Leave the column initial_password empty, then give each person a one-time one.",
        )
