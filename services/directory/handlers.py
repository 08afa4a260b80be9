"""What an import comes to: which entities change, in which version. Pure; what is wrong is found first."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar

from contracts.directory import CalendarV1, ProcedureV1, UnitV1
from services.directory.domain.accounts import Account, as_imported
from services.directory.domain.building import StaffRow, build
from services.directory.domain.checking import Known, check
from services.directory.domain.faults import ImportRefused
from services.directory.domain.reading import read

E = TypeVar("E", UnitV1, CalendarV1, ProcedureV1)


@dataclass(frozen=True, slots=True)
class Versioned(Generic[E]):
    """A published entity and its version."""

    entity: E
    version: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """Everything that the directory holds, by id."""

    units: Mapping[str, Versioned[UnitV1]] = field(default_factory=dict)
    calendars: Mapping[str, Versioned[CalendarV1]] = field(default_factory=dict)
    procedures: Mapping[str, Versioned[ProcedureV1]] = field(default_factory=dict)
    accounts: Mapping[str, Account] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What an import changes; `given` counts what stood in the files, by kind."""

    units: list[Versioned[UnitV1]]
    calendars: list[Versioned[CalendarV1]]
    procedures: list[Versioned[ProcedureV1]]
    accounts: list[Account]
    given: Mapping[str, int]

    def changed(self) -> dict[str, int]:
        return {
            "calendars": len(self.calendars),
            "units": len(self.units),
            "procedures": len(self.procedures),
            "staff": len(self.accounts),
        }

    def unchanged(self) -> dict[str, int]:
        return {kind: self.given[kind] - changed for kind, changed in self.changed().items()}


def import_files(texts: Mapping[str, str], held: Holdings, hashes: Mapping[str, str], now: datetime) -> Change:
    """`hashes`: of the initial passwords in the files, by password. Raises ImportRefused with every fault there is."""
    reading = read(texts)
    built = build(reading)
    faults = [*reading.faults, *built.faults, *check(reading, built, _known(held))]
    if faults:
        raise ImportRefused(faults)
    accounts = [_account(row, held.accounts.get(row.id), hashes, now) for row in built.staff.values()]
    return Change(
        units=_differing(built.units, held.units),
        calendars=_differing(built.calendars, held.calendars),
        procedures=_differing(built.procedures, held.procedures),
        accounts=[account for account in accounts if account != held.accounts.get(account.id)],
        given={
            "calendars": len(built.calendars),
            "units": len(built.units),
            "procedures": len(built.procedures),
            "staff": len(built.staff),
        },
    )


def initial_passwords(texts: Mapping[str, str]) -> dict[str, str]:
    """Account id -> the password that the files give it, as far as they can be read."""
    rows: Mapping[str, StaffRow] = build(read(texts)).staff
    return {row.id: row.initial_password for row in rows.values() if row.initial_password is not None}


def _known(held: Holdings) -> Known:
    return Known(
        units={key: value.entity for key, value in held.units.items()},
        calendars={key: value.entity for key, value in held.calendars.items()},
        procedures={key: value.entity for key, value in held.procedures.items()},
        staff={key: account.staff for key, account in held.accounts.items()},
    )


def _differing(given: Mapping[str, E], held: Mapping[str, Versioned[E]]) -> list[Versioned[E]]:
    """New ones in version 1, different ones in the next; what is the same stays as it is."""
    changed = []
    for key in sorted(given):
        before = held.get(key)
        if before is None:
            changed.append(Versioned(given[key], 1))
        elif before.entity != given[key]:
            changed.append(Versioned(given[key], before.version + 1))
    return changed


def _account(row: StaffRow, before: Account | None, hashes: Mapping[str, str], now: datetime) -> Account:
    """Only what others may know makes a new version; a password set for the first time is nobody else's business."""
    staff = as_imported(row, None if before is None else before.staff, now)
    first = hashes.get(row.initial_password or "")
    if before is None:
        return Account(staff, 1, first)
    kept = Account(before.staff, before.version, before.password_hash or first)
    return kept if staff == before.staff else kept.becomes(staff)
