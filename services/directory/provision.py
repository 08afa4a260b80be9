"""Before the first request: the public key is published, and the operator can sign in. It waits for the database."""

from chassis.process import Process
from chassis.secret_files import read_secret
from messaging.backoff import retry_forever
from messaging.commands import UnitOfWork
from services.directory import handlers
from services.directory.adapters.passwords import PASSWORDS
from services.directory.adapters.signing_key import public_key, signing_key
from services.directory.commands.publication import publish_account, publish_key
from services.directory.domain.accounts import OPERATOR
from services.directory.repository import accounts, entities
from services.directory.settings import DirectorySettings, directory_settings


async def provision(process: Process) -> None:
    """Raises UnusableSecret, before anything is asked of the database, when a file is missing or unfit."""
    settings = directory_settings(process.settings)
    signing_key(settings.signing_key_file)
    password = None
    if settings.operator_password_file is not None:
        password = read_secret("MOTCUA_OPERATOR_PASSWORD_FILE", settings.operator_password_file)
    await retry_forever(lambda: _provide(process, settings, password), process.messaging.stopping, "key and operator")


async def _provide(process: Process, settings: DirectorySettings, password: str | None) -> None:
    async with process.database.begin() as connection:
        unit_of_work = UnitOfWork(connection, process.clock(), None)
        await entities.one_import_at_a_time(connection)
        key = public_key(signing_key(settings.signing_key_file), unit_of_work.now)
        if await entities.add_key(connection, key):
            await publish_key(unit_of_work, key)
        if password is not None:
            await _provide_operator(unit_of_work, password)


async def _provide_operator(unit_of_work: UnitOfWork, password: str) -> None:
    """The file's password is the operator's, also after it was changed there."""
    before = await accounts.lock(unit_of_work.connection, OPERATOR)
    password_hash = None if before is None else before.password_hash
    if password_hash is None or not await PASSWORDS.verify(password, password_hash):
        password_hash = (await PASSWORDS.hash_all([password]))[password]
    after = handlers.provide_operator(before, password_hash)
    if after != before:
        await accounts.save(unit_of_work.connection, [after])
    if before is None or after.version != before.version:
        await publish_account(unit_of_work, after)
