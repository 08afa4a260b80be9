"""An account: what others may know of a person (StaffV1), and what only directory keeps."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from contracts.directory import PostV1, StaffV1
from contracts.refusal import NotFound, Refusal
from contracts.values import Role, UnitId
from services.directory.domain.second_factor import SecondFactor

OPERATOR: Final = "operator"
"""The operator's account id and user name: made from the installation's own secret, never imported."""
INSTALLATION: Final[UnitId] = "000.00.00.Z00"
"""Where the operator's roles are held: the installation itself, no unit of the country. No such unit is published, so that
none appears in a report; the operator works before any unit has been imported.
"""
NEVER_VOID: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""`tokens_valid_from` of an account that was never signed out: also before the moment that a moved clock shows."""


@dataclass(frozen=True, slots=True)
class Account:
    """`version` is that of the published StaffV1. Without `password_hash` nobody can sign in to it. `one_time_until`: somebody
    else has set the password, so that it opens nothing but the choice of a new one, and not even that later.
    """

    staff: StaffV1
    version: int
    password_hash: str | None = None
    one_time_until: datetime | None = None
    second_factor: SecondFactor | None = field(default=None, kw_only=True)

    @property
    def id(self) -> str:
        return self.staff.id

    def becomes(self, staff: StaffV1) -> "Account":
        return replace(self, staff=staff, version=self.version + 1)


class UnknownPerson(NotFound):
    def __init__(self) -> None:
        super().__init__("unknown-person", vi="Không có người này.", en="There is no such person.")


class UnknownSession(NotFound):
    def __init__(self) -> None:
        super().__init__(
            "unknown-session",
            vi="Phiên đăng nhập này đã kết thúc. Hãy tải lại danh sách.",
            en="This sign-in is over already. Load the list again.",
        )


class OwnAccount(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "own-account",
            vi="Không ai tự đổi quyền của mình được. Hãy nhờ người quản trị khác.",
            en="Nobody changes their own rights. Ask another administrator.",
        )


class OperatorsPassword(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "operators-password",
            vi="Mật khẩu của tài khoản vận hành nằm trong tệp operator.password. Hãy đổi ở đó rồi khởi động lại directory.",
            en="The operator's password stands in the file operator.password. Change it there and start directory again.",
        )


class NewPasswordNeeded(Refusal):
    """Signed in as far as choosing a password of one's own."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            "new-password-needed",
            vi="Mật khẩu này do người khác đặt và chỉ dùng một lần. Hãy chọn mật khẩu của riêng bạn.",
            en="Somebody else has set this password, and it is good once. Choose one of your own.",
        )


class OneTimePasswordOver(Refusal):
    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            "one-time-password-over",
            vi="Mật khẩu dùng một lần này đã hết hạn. Hãy nhờ người quản trị của đơn vị đặt lại.",
            en="This one-time password is over. Ask your unit's administrator for a new one.",
        )


def operator(before: StaffV1 | None) -> StaffV1:
    """The account that the installation itself has, from its own secret."""
    return StaffV1(
        id=OPERATOR,
        username=OPERATOR,
        name="Vận hành / Operator",
        active=True,
        tokens_valid_from=NEVER_VOID if before is None else before.tokens_valid_from,
        ended_sessions=[] if before is None else before.ended_sessions,
        posts=[PostV1(unit=INSTALLATION, role=role) for role in (Role.OPERATOR, Role.ADMIN)],
    )
