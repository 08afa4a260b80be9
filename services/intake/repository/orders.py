"""Orders to the post."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from chassis import rows
from contracts.intake import UnitRef
from contracts.values import Lane
from services.intake.domain.orders import Order, OrderState
from services.intake.tables import OrderRow

# By primary key, in key order.
_LOCK: Final = text("SELECT * FROM post_order WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_ONE: Final = text("SELECT * FROM post_order WHERE id = :id")
_SAVE: Final = rows.upsert(OrderRow)


class Orders:
    """The store of the consumers' table."""

    async def load(self, connection: AsyncConnection, ids: Sequence[str]) -> dict[str, Order]:
        return {row.id: _order(row) for row in await connection.execute(_LOCK, {"ids": list(ids)})}

    async def save(self, connection: AsyncConnection, states: Sequence[Order]) -> None:
        await rows.write(connection, _SAVE, [_row(state) for state in states])


async def one(connection: AsyncConnection, order: str) -> Order | None:
    found = (await connection.execute(_ONE, {"id": order})).first()
    return None if found is None else _order(found)


def _row(state: Order) -> dict[str, Any]:
    plain = {name: value for name, value in asdict(state).items() if name != "unit"}
    return plain | {"unit_id": state.unit.id, "unit_name": state.unit.name}


def _order(row: Any) -> Order:
    return Order(
        row.id,
        Lane(row.lane),
        row.version,
        row.dossier,
        UnitRef(id=row.unit_id, name=row.unit_name),
        row.code,
        OrderState(row.state),
        row.recipient,
        row.tracking,
        row.placed_at,
        row.dispatched_at,
        row.delivered_at,
    )
