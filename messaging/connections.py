"""The pool of connections to a service's database: bounded, looked after, and without a statement more than is asked for.

Nobody keeps a lock for ever: PostgreSQL ends what takes longer than the `Limits` of its kind of work, and what belongs to a host
that is frozen or has gone. psycopg prepares what is run often, and forgets all of it at each ROLLBACK: what only reads has no
transaction to roll back.
"""

import time
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from messaging.arrays import use_plain_lists
from messaging.bell import KEEPALIVE
from messaging.database_identity import note_identity
from messaging.doorbell import Doorbell
from messaging.faults import is_cut_off
from messaging.statements import Statement, refuse_others_in_pipelines, spoils_plans


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What PostgreSQL allows one kind of work, in seconds; 0: no limit. `idle` bounds a transaction that does nothing, but does
    not run in a pipeline nor behind one (docs/decisions/0026); `transaction` does, from its first statement on.
    """

    statement: float
    lock: float
    idle: float
    transaction: float

    def settings(self) -> dict[str, str]:
        """In milliseconds, by PostgreSQL's names."""
        seconds = {
            "statement_timeout": self.statement,
            "lock_timeout": self.lock,
            "idle_in_transaction_session_timeout": self.idle,
            "transaction_timeout": self.transaction,
        }
        return {name: f"{limit * 1000:.0f}" for name, limit in seconds.items()}


COMMANDS: Final = Limits(statement=10, lock=1, idle=10, transaction=20)
"""A command that waits longer for a lock waits apart from the others (messaging.set_aside)."""
CONSUMERS: Final = Limits(statement=15, lock=5, idle=10, transaction=30)
"""A batch that does not end in time is halved."""
PAGES: Final = Limits(statement=20, lock=2, idle=10, transaction=30)
JOBS: Final = Limits(statement=0, lock=60, idle=60, transaction=0)
"""What may take long: rebuilding, comparing, importing, changing the schema."""

_HOST_GONE: Final = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "client_connection_check_interval": "5000",
}
"""The server's side of KEEPALIVE: what a host held that has gone without a farewell is free within half a minute."""
_LIMIT: Final = Statement("""
    SELECT set_config(name, value, true) FROM unnest(CAST(:names AS text[]), CAST(:values AS text[])) AS given (name, value)
""")

IDLE_SECONDS: Final = 5.0
"""A connection that was used more recently is handed out without asking the server whether it is there."""


def make_engine(url: str, pool_size: int = 8, limits: Limits = CONSUMERS) -> AsyncEngine:
    """A bounded pool: who does not get a connection within 5 s is refused, not queued for ever. The last one given back goes
    out first: it has prepared the most. No error quotes a statement's parameters.
    """
    options = " ".join(f"-c {name}={value}" for name, value in {**_HOST_GONE, **limits.settings()}.items())
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_use_lifo=True,
        connect_args={**KEEPALIVE, "options": f"{options} {make_url(url).query.get('options', '')}"},
        hide_parameters=True,
    )
    sync = engine.sync_engine

    def begin(adapted: Any, record: Any) -> None:
        use_plain_lists(adapted.driver_connection)
        note_identity(adapted, record.info)
        record.info["used_at"] = time.monotonic()

    def check(adapted: Any, record: Any, _: Any) -> None:
        if time.monotonic() - record.info.get("used_at", 0.0) > IDLE_SECONDS:
            _ping(sync.dialect, adapted)

    def note(_: Any, record: Any) -> None:
        record.info["used_at"] = time.monotonic()

    event.listen(sync, "connect", begin)
    event.listen(sync, "checkout", check)
    event.listen(sync, "checkin", note)
    Doorbell(engine).attach()
    refuse_others_in_pipelines(engine)
    event.listen(sync, "handle_error", _judge)
    return engine


def _ping(dialect: Any, connection: Any) -> None:
    """Raises InvalidatePoolError for a server that has gone: the pool begins anew, and its caller gets a fresh connection."""
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error


def _judge(context: Any) -> OperationalError | None:
    """After a migration the connection is made anew. One that PostgreSQL cut off at its limit was an outage like any other."""
    cause = context.original_exception
    if spoils_plans(cause):
        context.is_disconnect = True
    if not is_cut_off(cause):
        return None
    context.is_disconnect = True
    return OperationalError(context.statement, None, cause, hide_parameters=True, connection_invalidated=True)


async def limit(connection: AsyncConnection, limits: Limits) -> None:
    """From now on these limits hold, until the transaction ends. One for the transaction that runs already can only be lifted."""
    settings = limits.settings()
    await _LIMIT.send(connection, {"names": list(settings), "values": list(settings.values())})


def without_transactions(engine: AsyncEngine) -> AsyncEngine:
    """The same pool for those who only read: each statement by itself."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")
