"""What an import comes to: which entities change, in which version. What is wrong is found first, all of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from services.directory.domain.register import Changes, Holdings
from services.directory.domain.versioned import E, Versioned
from services.directory.importer.accounts import FirstPasswords, import_account
from services.directory.importer.checks import Known, check
from services.directory.importer.csv_reader import read_files
from services.directory.importer.derived_calendars import with_derived
from services.directory.importer.entities import build_entities
from services.directory.importer.faults import ImportRefused


def import_files(texts: Mapping[str, str], held: Holdings, passwords: FirstPasswords, now: datetime) -> Changes:
    """Raises ImportRefused with every fault there is."""
    rows = read_files(texts)
    read, known = build_entities(rows), _known(held)
    entities = replace(read, calendars=with_derived(read.calendars, known.calendars))
    faults = [*rows.faults, *entities.faults, *check(rows, entities, known)]
    if faults:
        raise ImportRefused(faults)
    accounts = [import_account(person, held.accounts.get(person.id), passwords, now) for person in entities.staff.values()]
    return Changes(
        units=_differing(entities.units, held.units),
        calendars=_differing(entities.calendars, held.calendars),
        procedures=_differing(entities.procedures, held.procedures),
        accounts=[account for account in accounts if account != held.accounts.get(account.id)],
        in_files={kind: len(getattr(entities, kind)) for kind in ("calendars", "units", "procedures", "staff")},
    )


def initial_passwords(texts: Mapping[str, str]) -> dict[str, str]:
    """Account id -> the password that the files give it, as far as they can be read."""
    people = build_entities(read_files(texts)).staff.values()
    return {person.id: person.initial_password for person in people if person.initial_password is not None}


def _known(held: Holdings) -> Known:
    return Known(
        units={unit.id: unit.entity for unit in held.units.values()},
        calendars={calendar.id: calendar.entity for calendar in held.calendars.values()},
        procedures={procedure.id: procedure.entity for procedure in held.procedures.values()},
        staff={account.id: account.staff for account in held.accounts.values()},
    )


def _differing(in_files: Mapping[str, E], held: Mapping[str, Versioned[E]]) -> list[Versioned[E]]:
    """New ones in version 1, different ones in the next; what is the same stays as it is."""
    changed = []
    for key in sorted(in_files):
        before = held.get(key)
        if before is None:
            changed.append(Versioned(in_files[key], 1))
        elif before.entity != in_files[key]:
            changed.append(Versioned(in_files[key], before.version + 1))
    return changed
