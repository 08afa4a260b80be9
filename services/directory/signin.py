"""directory checks tokens against its own tables, not a copy: who is disabled here is out at once, Kafka or no Kafka."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from contracts.directory import KeyV1, StaffV1
from services.directory.domain.accounts import INSTALLATION
from services.directory.repository import reading
from web.signin import StaffState


class OwnSignIn:
    def __init__(self, database: AsyncEngine) -> None:
        self._database = database

    async def look_up(self, kid: str, staff_id: str) -> tuple[dict[str, Any] | None, StaffState | None]:
        async with self._database.connect() as connection:
            row = await reading.sign_in_facts(connection, kid, staff_id)
        key = None if row.key is None else KeyV1.model_validate(row.key).jwk
        if row.staff is None:
            return key, None
        staff = StaffV1.model_validate(row.staff)
        return key, StaffState(staff.active, staff.tokens_valid_from, {**(row.units or {}), INSTALLATION: "Một Cửa"})
