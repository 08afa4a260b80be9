"""Before the first request: the public key is published, and the operator can sign in. It waits for the database."""

from chassis.process import Process
from messaging.backoff import retry_forever
from messaging.commands import UnitOfWork
from services.directory.commands.publishing import publish_account, publish_entity
from services.directory.domain.accounts import Account, operator
from services.directory.domain.building.staff import OPERATOR
from services.directory.passwords import PASSWORDS
from services.directory.repository import accounts, entities
from services.directory.settings import DirectorySettings
from services.directory.signing import public_key, read_secret, signing_key


async def prepare(process: Process) -> None:
    """Raises UnusableSecret, before anything is asked of the database, when a file is missing or unfit."""
    settings = process.settings
    assert isinstance(settings, DirectorySettings)  # noqa: S101 -- main.py says so; narrows the type
    signing_key(settings.signing_key_file)
    password = None
    if settings.operator_password_file is not None:
        password = read_secret("MOTCUA_OPERATOR_PASSWORD_FILE", settings.operator_password_file)
    await retry_forever(lambda: _provide(process, settings, password), process.messaging.stopping, "key and operator")


async def _provide(process: Process, settings: DirectorySettings, password: str | None) -> None:
    async with process.database.begin() as connection:
        unit = UnitOfWork(connection, process.clock(), None)
        await entities.one_import_at_a_time(connection)
        key = public_key(signing_key(settings.signing_key_file), unit.now)
        if await entities.add_key(connection, key):
            await publish_entity(unit, key, key.kid, 1)
        if password is not None:
            await _provide_operator(unit, password)


async def _provide_operator(unit: UnitOfWork, password: str) -> None:
    """The file's password is the operator's, also after it was changed there."""
    before = await accounts.lock_one(unit.connection, OPERATOR)
    if before is not None and await PASSWORDS.fits(password, before.password_hash):
        hashed = before.password_hash
    else:
        hashed = (await PASSWORDS.hashes([password]))[password]
    staff = operator(None if before is None else before.staff)
    if before is None:
        after = Account(staff, 1, hashed)
    else:
        kept = Account(before.staff, before.version, hashed)
        after = kept if staff == before.staff else kept.becomes(staff)
    if after != before:
        await accounts.save(unit.connection, [after])
    if before is None or after.version != before.version:
        await publish_account(unit, after)
