"""An address's owner is asked for their word when a stranger hands in with it, and gives it with what stands in that mail."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from chassis.process import Process
from contracts.references import read_secret
from messaging.command_table import Answer, Command, CommandEntry, Load, UnitOfWork, anybody
from services.intake.adapters.keys import Keys, keys_of
from services.intake.adapters.seal import command_key, open_applicant
from services.intake.domain.applicant import Applicant
from services.intake.domain.confirmation import ConfirmationEnded, MailAddress, Standing, ask, confirm, new_confirmation
from services.intake.domain.dossier import SealedPerson
from services.intake.handlers import dossier as handlers
from services.intake.repository import addresses
from services.intake.repository.addresses import ADDRESSES
from services.intake.repository.dossiers import DOSSIERS, contact_draft
from services.intake.repository.people import PEOPLE, StoredPerson
from services.intake.schemas.requests import ConfirmAddress
from web import correlation

OWNER: Final = "address"
"""The actor of commands that an address's owner gives; the confirmation says which address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDown:
    """An address that a stranger gave for a person, both as keyed hashes; `confirmation` goes out if its owner is to be asked."""

    address: str
    person: str
    confirmation: str
    token: bytes

    @classmethod
    def of(cls, keys: Keys, applicant: Applicant) -> "WrittenDown | None":
        """None where no e-mail address was given."""
        if applicant.email is None:
            return None
        confirmation = new_confirmation()
        return cls(
            address=keys.index("mail-address", applicant.email.lower()).hex(),
            person=keys.index("person-of-address", applicant.identity.key).hex(),
            confirmation=confirmation,
            token=_token(keys, confirmation),
        )


def ask_owner(work: UnitOfWork, written: WrittenDown, dossier: str, person: SealedPerson) -> SealedPerson:
    """The applicant with a contact that says what may be sent to it."""
    address = work.get(ADDRESSES, written.address)
    if address is None or person.contact is None:
        return person
    after, standing = ask(address, written.person, dossier, written.token, work.now)
    work.save(ADDRESSES, after)
    if standing is Standing.CONFIRMED:
        return person
    confirmation = written.confirmation if standing is Standing.ASKED else None
    return replace(person, contact=person.contact.model_copy(update={"confirmed": False, "confirmation": confirmation}))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmWithKeys:
    """A contact is published anew, and for that the applicant is opened."""

    address: str
    token: bytes
    keys: Keys


async def confirm_address(process: Process, request: ConfirmAddress, key: str) -> Answer:
    """Raises ConfirmationEnded. Given twice it is given once."""
    keys = keys_of(process.settings)
    token = _token(keys, request.confirmation)
    async with process.reads.connect() as connection:
        address = await addresses.of_token(connection, token)
    if address is None:
        raise ConfirmationEnded
    command = Command(
        body=ConfirmWithKeys(address=address, token=token, keys=keys),
        key=command_key(keys, key, OWNER, "POST confirmations", request),
        correlation=correlation.current(),
    )
    return await process.commands.run(command)


def _token(keys: Keys, confirmation: str) -> bytes:
    return keys.index("confirmation", read_secret(confirmation))


def _confirm(command: Command[ConfirmWithKeys], work: UnitOfWork) -> Answer:
    address = work.get(ADDRESSES, command.body.address)
    if address is None:
        raise ConfirmationEnded
    after, released = confirm(address, command.body.token, work.now)
    work.save(ADDRESSES, after)
    for dossier in released:
        _release(dossier, work.get(PEOPLE, dossier), command.body.keys, work)
    return Answer({"confirmed": True})


def _release(ident: str, person: StoredPerson | None, keys: Keys, work: UnitOfWork) -> None:
    """Nothing is sent about somebody who was forgotten."""
    dossier = work.get(DOSSIERS, ident)
    contact = None if person is None else open_applicant(keys, ident, person.sealed).contact()
    if dossier is not None and contact is not None:
        decision = handlers.confirm_address(dossier, work.now)
        work.drafts.append(contact_draft(decision.state, contact, work.correlation))
        work.record(DOSSIERS, decision)


def _address(command: Command[ConfirmWithKeys], _: UnitOfWork) -> Iterable[str]:
    yield command.body.address


def _waiting(command: Command[ConfirmWithKeys], work: UnitOfWork) -> Iterable[str]:
    address: MailAddress | None = work.get(ADDRESSES, command.body.address)
    return set() if address is None else {dossier for person, dossier in address.waiting if person == address.asked_for}


ENTRIES: Final = (
    # Who has what stood in the mail may. Alone: a dossier handed in within the same batch would not have been loaded.
    CommandEntry(
        body=ConfirmWithKeys,
        handler=_confirm,
        may=anybody,
        loads=(Load(ADDRESSES, _address), Load(DOSSIERS, _waiting), Load(PEOPLE, _waiting)),
        alone=True,
    ),
)
