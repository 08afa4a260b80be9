"""An account: what others may know of a person (StaffV1), and what only directory keeps."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from contracts.directory import PostV1, StaffV1
from contracts.refusal import NotFound, Refusal
from contracts.values import Role, UnitId
from services.directory.domain.building.staff import OPERATOR, StaffRow

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
            vi="Không thể tự khóa tài khoản của mình. Hãy nhờ người quản trị khác.",
            en="You cannot disable your own account. Ask another administrator.",
        )


def as_imported(row: StaffRow, before: StaffV1 | None, now: datetime) -> StaffV1:
    """The person after the import. Who loses a role or is disabled loses the tokens that still say otherwise."""
    after = StaffV1(
        id=row.id,
        username=row.username,
        name=row.name,
        active=row.active if row.active is not None else before is None or before.active,
        tokens_valid_from=NEVER_VOID if before is None else before.tokens_valid_from,
        posts=list(row.posts),
        sample=row.sample,
    )
    if before is None or (_roles(before.posts) <= _roles(after.posts) and after.active >= before.active):
        return after
    return after.model_copy(update={"tokens_valid_from": now})


def _roles(posts: Sequence[PostV1]) -> set[tuple[str, Role]]:
    return {(post.unit, post.role) for post in posts}


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


def switch(account: Account, *, active: bool, by: str, now: datetime) -> Account | None:
    """Disabled: every token is void at once. Enabled: a new sign-in is needed. None where it is so already."""
    if account.staff.active == active:
        return None
    if not active and account.id == by:
        raise OwnAccount
    return account.becomes(account.staff.model_copy(update={"active": active, "tokens_valid_from": now}))


def sign_out(account: Account, now: datetime) -> Account:
    """Every token issued before is void, on every computer."""
    return account.becomes(account.staff.model_copy(update={"tokens_valid_from": now}))
