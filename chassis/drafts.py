"""The drafts of a service's forms: rows of their owners, sealed by the service's key where it has one, gone after a stated time.

A row is bound to its id and owner, so that none can be passed off as another's. Of one owner the newest are kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import uuid4

from sqlalchemy import Boolean, CheckConstraint, Column, Index, LargeBinary, MetaData, Table, Text, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from chassis.tables import MOMENT
from messaging.clock import Clock
from messaging.statements import Statement
from web.drafts import Draft, DraftLine, Owner

MOST_OF_ONE: Final = 20
MOST_LISTED: Final = 5

# By primary key. What is another's stays as it is, and no row comes back.
_KEEP: Final = text("""
    INSERT INTO draft (id, owner, page, sealed, held, saved_at, expires_at)
    VALUES (:id, :owner, :page, :sealed, :held, :now, :until)
    ON CONFLICT (id) DO UPDATE SET page = excluded.page, sealed = excluded.sealed, held = excluded.held,
        saved_at = excluded.saved_at, expires_at = excluded.expires_at
    WHERE draft.owner = excluded.owner
    RETURNING id
""")
# By index draft_owner_newest.
_TRIM: Final = text("""
    DELETE FROM draft WHERE id IN (SELECT id FROM draft WHERE owner = :owner ORDER BY saved_at DESC, id DESC OFFSET :most)
""")
# By primary key.
_OPEN: Final = Statement("""
    SELECT sealed, saved_at, expires_at FROM draft WHERE id = :id AND owner = :owner AND expires_at > :now
""")
_DISCARD: Final = text("DELETE FROM draft WHERE id = :id AND owner = :owner")
# By index draft_owner_newest.
_LISTED: Final = Statement("""
    SELECT id, saved_at FROM draft WHERE owner = :owner AND page = :page AND NOT held AND expires_at > :now
    ORDER BY saved_at DESC, id DESC LIMIT :most
""")
# By index draft_expires. What another process is deleting is its own.
_PURGE: Final = text("""
    DELETE FROM draft WHERE id IN (
        SELECT id FROM draft WHERE expires_at <= :now ORDER BY expires_at LIMIT :most FOR UPDATE SKIP LOCKED
    )
""")


def add_draft_table(metadata: MetaData) -> Table:
    """Declare it in a service's metadata. `page`: where it is shown. `held`: it came when its sign-in was over."""
    return Table(
        "draft",
        metadata,
        Column("id", Text, primary_key=True),
        Column("owner", Text, nullable=False),
        Column("page", Text, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
        Column("held", Boolean, nullable=False),
        Column("saved_at", MOMENT, nullable=False),
        Column("expires_at", MOMENT, nullable=False),
        CheckConstraint("expires_at > saved_at", name="draft_kept_for_a_time"),
        Index("draft_owner_newest", "owner", text("saved_at DESC"), text("id DESC")),
        Index("draft_expires", "expires_at"),
    )


class Seal(Protocol):
    def seal(self, bound_to: str, text: bytes) -> bytes: ...

    def open(self, bound_to: str, sealed: bytes) -> bytes: ...


class Unsealed:
    """For a service that keeps what its forms take readable anyway, and has no key."""

    def seal(self, _: str, text: bytes) -> bytes:
        return text

    def open(self, _: str, sealed: bytes) -> bytes:
        return sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafts:
    """A web.drafts.DraftStore. `reads`: without transactions."""

    database: AsyncEngine
    reads: AsyncEngine
    seal: Callable[[], Seal]
    clock: Clock

    async def keep(self, owner: Owner, page: str, draft: Draft, *, held: bool = False) -> str:
        now = self.clock()
        times = {"now": now, "until": now + owner.kept_for}
        async with self.database.begin() as connection:
            for ident in (draft.id or str(uuid4()), str(uuid4())):
                row = {"id": ident, "owner": owner.id, "page": page, "sealed": self._sealed(owner, ident, draft), "held": held}
                if (await connection.execute(_KEEP, row | times)).first() is not None:
                    break
            await connection.execute(_TRIM, {"owner": owner.id, "most": MOST_OF_ONE})
        return ident

    async def open(self, owner: Owner, ident: str) -> Draft | None:
        async with self.reads.connect() as connection:
            rows = await _OPEN.rows(connection, {"id": ident, "owner": owner.id, "now": self.clock()})
        return self._opened(owner, ident, rows[0]) if rows else None

    async def discard(self, owner: Owner, ident: str) -> None:
        async with self.database.begin() as connection:
            await connection.execute(_DISCARD, {"id": ident, "owner": owner.id})

    async def listed(self, owner: Owner, page: str) -> Sequence[DraftLine]:
        values = {"owner": owner.id, "page": page, "now": self.clock(), "most": MOST_LISTED}
        async with self.reads.connect() as connection:
            return [DraftLine(*row) for row in await _LISTED.rows(connection, values)]

    def _sealed(self, owner: Owner, ident: str, draft: Draft) -> bytes:
        text = draft.model_dump_json(exclude={"id", "saved_at", "until"})
        return self.seal().seal(_bound_to(owner, ident), text.encode("utf-8", "replace"))

    def _opened(self, owner: Owner, ident: str, row: Any) -> Draft:
        draft = Draft.model_validate_json(self.seal().open(_bound_to(owner, ident), bytes(row.sealed)))
        return draft.model_copy(update={"id": ident, "saved_at": row.saved_at, "until": row.expires_at})


def _bound_to(owner: Owner, ident: str) -> str:
    return f"draft/{owner.id}/{ident}"


async def purge_some(connection: AsyncConnection, clock: Clock, most: int) -> int:
    """How many of those whose time is over were forgotten."""
    return (await connection.execute(_PURGE, {"now": clock(), "most": most})).rowcount
