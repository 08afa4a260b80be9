"""Orders to the post."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncConnection

from chassis import rows
from contracts.intake import UnitRef
from contracts.values import Lane
from messaging.statements import Statement
from services.intake.domain.orders import Order, OrderState
from services.intake.tables import OrderRow

# By primary key, in key order.
_LOCK: Final = Statement("SELECT * FROM post_order WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_SENT: Final = Statement("""
    SELECT id, COALESCE(dispatched_at, placed_at) AS sent_at FROM post_order WHERE id = ANY(:ids) AND placed_at IS NOT NULL
""")
_SAVE: Final = rows.upsert(OrderRow)


class Orders:
    """The store of consumers and commands alike."""

    async def load(self, connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Order]:
        return {row.id: _order(row) for row in await _LOCK.rows(connection, {"ids": list(ids)})}

    async def save(self, connection: AsyncConnection, states: Sequence[Order]) -> None:
        await rows.write(connection, _SAVE, [_row(state) for state in states])


ORDERS: Final = Orders()


async def sent_at(connection: AsyncConnection, ids: Sequence[str]) -> dict[str, datetime]:
    """Since when each order has been the post's: dispatched, or placed. One not placed yet is left out."""
    return {row.id: row.sent_at for row in await _SENT.rows(connection, {"ids": list(ids)})}


def _row(state: Order) -> dict[str, Any]:
    plain = {name: value for name, value in asdict(state).items() if name != "unit"}
    return plain | {"unit_id": state.unit.id, "unit_name": state.unit.name}


def _order(row: Any) -> Order:
    return Order(
        id=row.id,
        lane=Lane(row.lane),
        version=row.version,
        dossier=row.dossier,
        unit=UnitRef(id=row.unit_id, name=row.unit_name),
        code=row.code,
        state=OrderState(row.state),
        recipient=row.recipient,
        tracking=row.tracking,
        placed_at=row.placed_at,
        dispatched_at=row.dispatched_at,
        delivered_at=row.delivered_at,
    )
