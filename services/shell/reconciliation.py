"""Lets `motcua reconcile` compare services without moving their data:
a hash per bucket, and the rows of one bucket that differs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from sqlalchemy import text
from starlette.requests import Request

from contracts.values import Role
from web.principal import Principal
from web.signin import requires

BUCKETS = 256
Operator = Annotated[Principal, Depends(requires(Role.OPERATOR))]


@dataclass(frozen=True, slots=True)
class View:
    """One thing that two services must agree on. `query` selects `key` and `value`, both text, one row a key.

    Views of the same name are compared between the services that have them.
    """

    name: str
    query: str


def position_view(name: str, source: str, prefix: str = "d-") -> View:
    """How far this service has applied a publisher's facts, by dossier; the publisher's own view is (id, version)."""
    where = f"source = '{source}' AND subject LIKE '{prefix}%' AND last > 0"
    return View(name, f"SELECT subject AS key, last::text AS value FROM position WHERE {where}")  # noqa: S608 -- declared in code


def reconciliation_router(service: str, views: Sequence[View]) -> APIRouter:
    router = APIRouter(prefix=f"/api/{service}/reconcile", tags=["operations"])
    by_name = {view.name: view for view in views}

    @router.get("")
    async def names(_: Operator) -> dict[str, list[str]]:
        return {"views": sorted(by_name)}

    for view in by_name.values():
        _add(router, view)
    return router


def _add(router: APIRouter, view: View) -> None:
    source = f"SELECT key, value, hashtext(key) & {BUCKETS - 1} AS bucket FROM ({view.query}) AS rows"  # noqa: S608 -- declared in code
    hashes = text(
        f"SELECT bucket, count(*) AS number, sum(hashtextextended(key || '=' || value, 0)) AS hash "  # noqa: S608
        f"FROM ({source}) AS sorted GROUP BY bucket ORDER BY bucket"
    )
    rows = text(f"SELECT key, value FROM ({source}) AS sorted WHERE bucket = :bucket ORDER BY key")  # noqa: S608

    @router.get(f"/{view.name}", name=f"buckets of {view.name}")
    async def buckets(request: Request, _: Operator) -> dict[str, Any]:
        async with request.app.state.process.database.connect() as connection:
            found = await connection.execute(hashes)
            return {"buckets": {row.bucket: {"rows": row.number, "hash": str(row.hash)} for row in found}}

    @router.get(f"/{view.name}/{{bucket}}", name=f"rows of {view.name}")
    async def bucket_rows(request: Request, bucket: Annotated[int, Path(ge=0, lt=BUCKETS)], _: Operator) -> dict[str, Any]:
        async with request.app.state.process.database.connect() as connection:
            return {"rows": {row.key: row.value for row in await connection.execute(rows, {"bucket": bucket})}}
