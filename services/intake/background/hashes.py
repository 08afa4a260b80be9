"""Whoever was taken in by older rules is found by today's: their keyed hashes are made anew, a few hundred at a time.

A migration could not do it, because it holds no keys. Several processes share the work; one that dies has changed nothing or a
whole batch. Processes of the release before may still add rows, so it looks again now and then.
"""

import asyncio
from dataclasses import replace
from typing import Final

import structlog
from pydantic import ValidationError

from chassis.process import Process
from messaging.backoff import Stopped, retry_forever
from messaging.bell import Bell
from services.intake.adapters.keys import Keys, Unopenable, keys_of
from services.intake.adapters.seal import identity_index, name_index, open_applicant, telephone_index
from services.intake.domain.dossier import INDEX_FORM
from services.intake.repository import people
from services.intake.repository.people import HashedPerson

AT_A_TIME: Final = 100
"""Some 13 ms of work between two turns of the event loop."""
LOOK_AGAIN_SECONDS: Final = 600.0

log = structlog.get_logger(__name__)


async def hash_people_anew(process: Process, stopping: asyncio.Event, _: Bell) -> None:
    """Until the process stops."""
    try:
        while not stopping.is_set():
            changed = await retry_forever(lambda: hash_some_anew(process), stopping, "keyed hashes of people")
            if changed < AT_A_TIME:
                await _pause(stopping, LOOK_AGAIN_SECONDS)
    except Stopped:
        return


async def hash_some_anew(process: Process) -> int:
    """How many there were, at most AT_A_TIME."""
    keys = keys_of(process.settings)
    async with process.messaging.database.begin() as connection:
        old = await people.hashed_before(connection, INDEX_FORM, AT_A_TIME)
        if old:
            await people.save_hashes(connection, INDEX_FORM, [_hashed_anew(keys, person) for person in old])
    return len(old)


def _hashed_anew(keys: Keys, person: HashedPerson) -> HashedPerson:
    """Who cannot be read keeps the hashes they have: nobody would come to another result later."""
    try:
        applicant = open_applicant(keys, person.dossier, person.sealed)
    except (Unopenable, ValidationError) as error:
        log.warning("a person's hashes stay as they are", dossier=person.dossier, error=type(error).__name__)
        return person
    telephone = applicant.telephone
    return replace(
        person,
        identity_index=identity_index(keys, applicant.identity),
        telephone_index=None if telephone is None else telephone_index(keys, telephone),
        name_index=name_index(keys, applicant.name),
    )


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
