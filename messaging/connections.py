"""The pool of connections to a service's database: bounded, looked after, and without a statement more than is asked for.

psycopg prepares what is run often, and forgets all of it at each ROLLBACK: what only reads has no transaction to roll back.
"""

import time
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from messaging.arrays import use_plain_lists
from messaging.bell import KEEPALIVE
from messaging.statements import refuse_others_in_pipelines, spoils_plans

IDLE_SECONDS: Final = 5.0
"""A connection that was used more recently is handed out without asking the server whether it is there."""


def make_engine(url: str, pool_size: int = 8) -> AsyncEngine:
    """A bounded pool: who does not get a connection within 5 s is refused, not queued for ever. The last one given back goes
    out first: it has prepared the most. No error quotes a statement's parameters.
    """
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=5,
        pool_use_lifo=True,
        connect_args={**KEEPALIVE},
        hide_parameters=True,
    )
    sync = engine.sync_engine

    def begin(adapted: Any, record: Any) -> None:
        use_plain_lists(adapted.driver_connection)
        record.info["used_at"] = time.monotonic()

    def check(adapted: Any, record: Any, _: Any) -> None:
        if time.monotonic() - record.info.get("used_at", 0.0) > IDLE_SECONDS:
            _ping(sync.dialect, adapted)

    def note(_: Any, record: Any) -> None:
        record.info["used_at"] = time.monotonic()

    event.listen(sync, "connect", begin)
    event.listen(sync, "checkout", check)
    event.listen(sync, "checkin", note)
    refuse_others_in_pipelines(engine)
    event.listen(sync, "handle_error", _begin_anew_after_migration)
    return engine


def _ping(dialect: Any, connection: Any) -> None:
    """Raises InvalidatePoolError for a server that has gone: the pool begins anew, and its caller gets a fresh connection."""
    try:
        dialect.do_ping(connection)
    except dialect.loaded_dbapi.Error as error:
        raise InvalidatePoolError from error


def _begin_anew_after_migration(context: Any) -> None:
    if spoils_plans(context.original_exception):
        context.is_disconnect = True


def without_transactions(engine: AsyncEngine) -> AsyncEngine:
    """The same pool for those who only read: each statement by itself."""
    return engine.execution_options(isolation_level="AUTOCOMMIT")
