"""Brings each service's database to the schema that its code expects: `services/<name>/migrations/`, forward only.

Two that run at once take turns: an advisory lock is held while one works. A change of a table waits for whoever uses it, and all
others wait behind it: not for long, then the migration fails as a whole, and is to be tried again.
`python -m chassis.migration write <service> "<message>"` drafts the next version from the difference between code and database.
"""

import re
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, create_engine, text

from chassis.settings import database_url
from messaging.bell import KEEPALIVE

_HERE: Final = Path(__file__).parent
_SERVICES: Final = _HERE.parent / "services"
PARTITION: Final = re.compile(r"outbox_sent_\d+")
_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('motcua migration'))")
_WAIT_SHORTLY: Final = text(
    "SELECT set_config('lock_timeout', '30s', true), set_config('idle_in_transaction_session_timeout', '5min', true)"
)


def upgrade(url: str, service: str, revision: str = "head") -> None:
    """One database, in one transaction; raises what the database raises, and then nothing has changed."""
    engine = create_engine(url, connect_args=KEEPALIVE)
    try:
        with engine.begin() as connection:
            connection.execute(_LOCK)
            connection.execute(_WAIT_SHORTLY)
            command.upgrade(_config(service, connection), revision)
    finally:
        engine.dispose()


def upgrade_all(urls: Mapping[str, str]) -> None:
    """By service name."""
    for service, url in urls.items():
        upgrade(url, service)


def differences(url: str, service: str) -> list[object]:
    """What the code's tables have and the database has not, or the other way round; empty when they agree."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"include_object": _is_declared})
            return list(compare_metadata(context, metadata(service)))
    finally:
        engine.dispose()


def _is_declared(_: object, name: str | None, kind: str, *__: object) -> bool:
    """Partitions are made with their table, and not declared beside it."""
    return kind != "table" or PARTITION.fullmatch(name or "") is None


def metadata(service: str) -> MetaData:
    declared: MetaData = import_module(f"services.{service}.tables").METADATA
    return declared


def _config(service: str, connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE / "alembic"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", str(_SERVICES / service / "migrations"))
    config.attributes["connection"] = connection
    return config


def write(service: str, message: str) -> None:
    """Draft a version against the database in `MOTCUA_DATABASE_<SERVICE>`; read it before you commit it."""
    engine = create_engine(database_url(service))
    with engine.begin() as connection:
        config = _config(service, connection)
        config.attributes["metadata"] = metadata(service)
        folder = _SERVICES / service / "migrations"
        number = len(list(folder.glob("[0-9]*.py"))) + 1
        command.revision(config, message, autogenerate=True, rev_id=f"{number:04d}", version_path=str(folder))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", service, message]:
            write(service, message)
        case _:
            sys.exit('python -m chassis.migration write <service> "<message>"')
