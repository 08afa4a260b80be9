"""An account: what others may know of a person (StaffV1), and what only directory keeps."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from contracts.directory import PostV1, StaffV1
from contracts.refusal import NotFound, Refusal
from contracts.values import Role, UnitId

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
    """`version` is that of the published StaffV1. Without `password_hash` nobody can sign in to it."""

    staff: StaffV1
    version: int
    password_hash: str | None = None

    @property
    def id(self) -> str:
        return self.staff.id

    def becomes(self, staff: StaffV1) -> "Account":
        return replace(self, staff=staff, version=self.version + 1)


class UnknownPerson(NotFound):
    def __init__(self) -> None:
        super().__init__("unknown-person", vi="Không có người này.", en="There is no such person.")


class OwnAccount(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "own-account",
            vi="Không ai tự đổi quyền của mình được. Hãy nhờ người quản trị khác.",
            en="Nobody changes their own rights. Ask another administrator.",
        )


def operator(before: StaffV1 | None) -> StaffV1:
    """The account that the installation itself has, from its own secret."""
    return StaffV1(
        id=OPERATOR,
        username=OPERATOR,
        name="Vận hành / Operator",
        active=True,
        tokens_valid_from=NEVER_VOID if before is None else before.tokens_valid_from,
        posts=[PostV1(unit=INSTALLATION, role=role) for role in (Role.OPERATOR, Role.ADMIN)],
    )
