"""Which units a change of the register concerns: who may make it, and read of it afterwards, administers all of them. Pure.

A unit concerns itself, a calendar the units that keep it, a procedure those that receive and decide, a person those of their
posts, before and after: nobody grants a post where they do not administer. What concerns no unit is the operator's.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from contracts.directory import CalendarV1, ProcedureV1, StaffV1, UnitV1
from services.directory.domain.accounts import OwnAccount
from services.directory.domain.difference import Kind
from services.directory.domain.register import Changes, Holdings
from services.directory.domain.versioned import Versioned


@dataclass(frozen=True, slots=True)
class Concerned:
    """`units`: all that must be administered; none of them: the operator's alone."""

    kind: Kind
    id: str
    units: frozenset[str]

    def beyond(self, reach: Collection[str]) -> str | None:
        """A unit that is not among them, or what has no unit at all."""
        return next((unit for unit in sorted(self.units) if unit not in reach), None)


def concerned_by(changes: Changes, held: Holdings) -> list[Concerned]:
    return [
        *(Concerned("calendar", item.id, _keepers(item.entity, changes, held)) for item in changes.calendars),
        *(Concerned("unit", item.id, _of_unit(item.entity, held.units.get(item.id))) for item in changes.units),
        *(Concerned("procedure", item.id, _of_procedure(item.entity, held.procedures)) for item in changes.procedures),
        *(
            Concerned("staff", account.id, _of_person(account.staff, before.staff if before else None))
            for account in changes.accounts
            for before in (held.accounts.get(account.id),)
        ),
    ]


def require_somebody_else(changes: Changes, by: str) -> None:
    """Raises OwnAccount: nobody changes their own rights, so no administrator locks themselves out."""
    if any(account.id == by for account in changes.accounts):
        raise OwnAccount


def _keepers(calendar: CalendarV1, changes: Changes, held: Holdings) -> frozenset[str]:
    """Before or after. A calendar with this one as its base changes with it, and is asked about by itself."""
    return frozenset(unit.id for unit in (*held.units.values(), *changes.units) if unit.entity.calendar == calendar.id)


def _of_unit(unit: UnitV1, before: Versioned[UnitV1] | None) -> frozenset[str]:
    """Who moves it administers where it comes from and where it goes; a new one comes under somebody."""
    if before is None:
        return _named(unit.parent)
    if before.entity.parent == unit.parent:
        return frozenset({unit.id})
    if unit.parent is None or before.entity.parent is None:
        return frozenset()
    return frozenset({unit.id, unit.parent, before.entity.parent})


def _of_procedure(procedure: ProcedureV1, held: Mapping[str, Versioned[ProcedureV1]]) -> frozenset[str]:
    before = held.get(procedure.code)
    return frozenset(_competent(procedure)) | frozenset(() if before is None else _competent(before.entity))


def _competent(procedure: ProcedureV1) -> Iterable[str]:
    for version in procedure.versions:
        for line in version.competences:
            yield line.receiving
            yield line.competent


def _of_person(staff: StaffV1, before: StaffV1 | None) -> frozenset[str]:
    """Somebody without a post is nobody's: only the operator gives them one again."""
    if before is not None and not before.posts:
        return frozenset()
    held = () if before is None else before.posts
    return frozenset(post.unit for post in (*held, *staff.posts))


def _named(unit: str | None) -> frozenset[str]:
    return frozenset() if unit is None else frozenset({unit})
