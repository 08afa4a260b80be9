"""Before the first request: the public key is published, and the operator can sign in. It waits for the database."""

from chassis.process import Process
from chassis.secret_files import read_secret
from messaging.backoff import retry_forever
from messaging.command_table import Command
from services.directory.adapters.passwords import OURSELVES, PASSWORDS
from services.directory.adapters.signing_key import voucher_of
from services.directory.commands.installation import ProvideInstallation
from services.directory.commands.keys import public_key
from services.directory.domain.accounts import OPERATOR
from services.directory.repository import accounts
from services.directory.settings import DirectorySettings, directory_settings


async def provision(process: Process) -> None:
    """Raises UnusableSecret, before anything is asked of the database, when a file is missing or unfit."""
    settings = directory_settings(process.settings)
    voucher_of(settings.signing_key_file, settings.roots)
    password = None
    if settings.operator_password_file is not None:
        password = read_secret("MOTCUA_OPERATOR_PASSWORD_FILE", settings.operator_password_file)
    await retry_forever(lambda: _provide(process, settings, password), process.messaging.stopping, "key and operator")


async def _provide(process: Process, settings: DirectorySettings, password: str | None) -> None:
    key = public_key(*voucher_of(settings.signing_key_file, settings.roots))
    password_hash = None if password is None else await _operators_hash(process, password)
    await process.commands.run(Command(body=ProvideInstallation(key, password_hash)))


async def _operators_hash(process: Process, password: str) -> str:
    """The file's password is the operator's, also after it was changed there."""
    async with process.reads.connect() as connection:
        before = await accounts.find(connection, OPERATOR)
    password_hash = None if before is None else before.password_hash
    if password_hash is None or not await PASSWORDS.verify(password, password_hash, OURSELVES):
        password_hash = (await PASSWORDS.hash_all([password]))[password]
    return password_hash
