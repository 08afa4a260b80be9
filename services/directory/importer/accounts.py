"""What an import makes of an account: rights lost take their tokens with them, and a password is given once only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from contracts.directory import PostV1, StaffV1
from contracts.values import Role
from services.directory.domain.accounts import NEVER_VOID, Account
from services.directory.importer.staff import ImportedPerson


@dataclass(frozen=True, slots=True)
class FirstPasswords:
    """`hashes`: of the initial passwords in the files, by password; good once, `lasting` so long. Where `sample` data are on,
    those of the sample's people stay as they are published.
    """

    hashes: Mapping[str, str] = field(default_factory=dict)
    lasting: timedelta = timedelta(hours=72)
    sample: bool = False

    def one_time_until(self, person: ImportedPerson, now: datetime) -> datetime | None:
        return None if self.sample and person.sample else now + self.lasting


NO_PASSWORDS: Final = FirstPasswords()


def import_account(person: ImportedPerson, before: Account | None, passwords: FirstPasswords, now: datetime) -> Account:
    """Only what others may know makes a new version; a password set for the first time is nobody else's business."""
    staff = import_staff(person, None if before is None else before.staff, now)
    first = passwords.hashes.get(person.initial_password or "")
    until = None if first is None else passwords.one_time_until(person, now)
    if before is None:
        return Account(staff, 1, first, until)
    kept = before if before.password_hash or first is None else replace(before, password_hash=first, one_time_until=until)
    return kept if staff == before.staff else kept.becomes(staff)


def import_staff(person: ImportedPerson, before: StaffV1 | None, now: datetime) -> StaffV1:
    """The person after the import. Who loses a role or is disabled loses the tokens that still say otherwise."""
    after = StaffV1(
        id=person.id,
        username=person.username,
        name=person.name,
        active=person.active if person.active is not None else before is None or before.active,
        tokens_valid_from=NEVER_VOID if before is None else before.tokens_valid_from,
        posts=list(person.posts),
        sample=person.sample,
        ended_sessions=[] if before is None else before.ended_sessions,
    )
    if before is None or (_roles(before.posts) <= _roles(after.posts) and after.active >= before.active):
        return after
    return after.model_copy(update={"tokens_valid_from": now})


def _roles(posts: Sequence[PostV1]) -> set[tuple[str, Role]]:
    return {(post.unit, post.role) for post in posts}
