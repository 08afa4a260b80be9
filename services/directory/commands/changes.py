"""Changes of the register on screen: asked for, shown as a difference, confirmed by the same person, and kept in the history.

They go the way of a file import, past the same checks, and take effect as a whole. What is confirmed is what was shown: if the
data have changed meanwhile, nothing happens.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import uuid4

from chassis.process import Process
from contracts.values import Role
from messaging.command_table import Answer, Command, CommandEntry, CommandKey, Load, NotLoaded, UnitOfWork
from services.directory.commands.publication import publish_account, publish_entity
from services.directory.domain.accounts import Account
from services.directory.domain.change_rights import Concerned, concerned_by, require_somebody_else
from services.directory.domain.difference import EntityChange, differences, fingerprint
from services.directory.domain.jurisdiction import with_descendants
from services.directory.domain.proposals import (
    OPEN_FOR,
    ChangedMeanwhile,
    NothingChanges,
    PasswordByScreen,
    Proposal,
    UnknownProposal,
)
from services.directory.domain.register import WHOLE, Changes, Holdings, Register
from services.directory.domain.versioned import AnyVersioned
from services.directory.importer.accounts import NO_PASSWORDS
from services.directory.importer.changes import import_files, initial_passwords
from services.directory.repository import changes as history
from services.directory.repository import register
from services.directory.repository.changes import PROPOSALS, REGISTER_CHANGES, RegisterChange
from services.directory.repository.register import REGISTER
from services.directory.schemas import Confirmed
from web import correlation
from web.principal import Forbidden, Principal


@dataclass(frozen=True, slots=True)
class ConfirmChange:
    pass


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """What a proposal comes to now."""

    id: str
    differences: list[EntityChange]


async def propose(process: Process, person: Principal, files: Mapping[str, str]) -> ProposedChange:
    """Raises ImportRefused, Forbidden, OwnAccount, NothingChanges, PasswordByScreen. Nothing is changed yet."""
    if await asyncio.to_thread(initial_passwords, files):
        raise PasswordByScreen
    now = process.clock()
    shown = await _difference(process, person, files)
    proposal = Proposal(id=uuid4().hex, by=person.staff_id, files=files, shown=fingerprint(shown), until=now + OPEN_FOR)
    async with process.database.begin() as connection:
        await history.add_proposal(connection, proposal, now)
    return ProposedChange(proposal.id, shown)


async def show_proposal(process: Process, person: Principal, proposal_id: str) -> ProposedChange:
    """What it comes to now, which is what is then confirmed. Raises UnknownProposal, and what `propose` raises."""
    async with process.reads.connect() as connection:
        proposal = await history.find_proposal(connection, proposal_id, process.clock())
    if proposal is None or proposal.by != person.staff_id:
        raise UnknownProposal
    shown = await _difference(process, person, proposal.files)
    if fingerprint(shown) != proposal.shown:
        async with process.database.begin() as connection:
            await history.show_again(connection, proposal.id, fingerprint(shown))
    return ProposedChange(proposal.id, shown)


async def confirm(process: Process, person: Principal, proposal_id: str, key: str) -> Confirmed:
    """Raises UnknownProposal, ChangedMeanwhile, ImportRefused, Forbidden, OwnAccount."""
    command = Command(
        body=ConfirmChange(),
        by=person,
        target=proposal_id,
        key=CommandKey.of(key, person.staff_id, f"change {proposal_id}", ""),
        correlation=correlation.current(),
    )
    return Confirmed.model_validate((await process.commands.run(command)).body)


async def _difference(process: Process, person: Principal, files: Mapping[str, str]) -> list[EntityChange]:
    async with process.reads.connect() as connection:
        held = await register.read(connection)
    changes = await asyncio.to_thread(import_files, files, held, NO_PASSWORDS, process.clock())
    _require_right(person, changes, held)
    shown = differences(changes, held)
    if not shown:
        raise NothingChanges
    return shown


def _require_right(person: Principal, changes: Changes, held: Holdings) -> list[Concerned]:
    """Raises OwnAccount, Forbidden."""
    require_somebody_else(changes, person.staff_id)
    concerned = concerned_by(changes, held)
    if not person.has(Role.OPERATOR):
        units = {unit.id: unit.entity for unit in held.units.values()}
        reach = with_descendants(units, person.units(Role.ADMIN))
        for entity in concerned:
            if not entity.units or entity.beyond(reach):
                raise Forbidden((Role.ADMIN,), entity.beyond(reach))
    return concerned


def _confirm(command: Command[ConfirmChange], work: UnitOfWork) -> Answer:
    held, proposal = held_by(work), work.get(PROPOSALS, command.target)
    if proposal is None:
        raise UnknownProposal
    changes = import_files(proposal.files, held.held, NO_PASSWORDS, work.now)
    _require_right(command.by, changes, held.held)
    if fingerprint(differences(changes, held.held)) != proposal.shown:
        raise ChangedMeanwhile
    save_changes(work, held, changes, command.by.staff_id)
    work.save(PROPOSALS, replace(proposal, done=True))
    return Answer(Confirmed(changed=changes.changed()).model_dump())


def held_by(work: UnitOfWork) -> Register:
    """Raises NotLoaded."""
    held = work.get(REGISTER, WHOLE)
    if held is None:
        raise NotLoaded(WHOLE)
    return held


def save_changes(work: UnitOfWork, held: Register, changes: Changes, by: str) -> None:
    """Saved, published and kept in the history, whether they come from a file or from a screen."""
    work.save(REGISTER, replace(held, changes=changes))
    changed: tuple[AnyVersioned, ...] = (*changes.calendars, *changes.units, *changes.procedures)
    for versioned in changed:
        publish_entity(work, versioned)
    for account in changes.accounts:
        publish_account(work, account)
    record_changes(work, changes, held.held, by)


def record_account(work: UnitOfWork, before: Account, after: Account, by: str) -> None:
    """One person, changed otherwise than by the checks of an import."""
    changes = Changes(units=[], calendars=[], procedures=[], accounts=[after], in_files={})
    record_changes(work, changes, Holdings(accounts={before.id: before}), by)


def record_changes(work: UnitOfWork, changes: Changes, held: Holdings, by: str) -> None:
    """In the history. What nobody sees, a password or the end of sessions, is not in it."""
    concerned = {(entity.kind, entity.id): entity.units for entity in concerned_by(changes, held)}
    for change in differences(changes, held):
        units = concerned[change.kind, change.id]
        work.save(REGISTER_CHANGES, RegisterChange(id=uuid4().hex, at=work.now, by=by, change=change, units=units))


def _proposer(command: Command[ConfirmChange], work: UnitOfWork) -> None:
    """Nobody confirms what another has seen."""
    proposal = work.get(PROPOSALS, command.target)
    if proposal is None or proposal.by != command.by.staff_id or proposal.until <= work.now:
        raise UnknownProposal


def whole(_: Command[ConfirmChange], __: UnitOfWork) -> Iterable[str]:
    yield WHOLE


ENTRIES: Final = (
    CommandEntry(body=ConfirmChange, handler=_confirm, may=_proposer, loads=(Load(REGISTER, whole), Load(PROPOSALS)), alone=True),
)
