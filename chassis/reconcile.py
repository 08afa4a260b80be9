"""Lets `motcua reconcile` compare services without moving their data:
a hash per bucket, and the rows of one bucket that differs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel
from sqlalchemy import text
from starlette.requests import Request

from contracts.values import Role
from web.principal import Principal
from web.signin import requires

BUCKETS = 256


class ViewNames(BaseModel):
    views: list[str]


class Bucket(BaseModel):
    rows: int
    hash: str


class BucketHashes(BaseModel):
    """Bucket number -> how many rows it has and their hash; a bucket without rows is left out."""

    buckets: dict[int, Bucket]


class BucketRows(BaseModel):
    rows: dict[str, str]


Operator = Annotated[Principal, Depends(requires(Role.OPERATOR))]


@dataclass(frozen=True, slots=True)
class View:
    """One thing that two services must agree on. `query` selects `key` and `value`, both text, one row a key.

    Views of the same name are compared between the services that have them.
    """

    name: str
    query: str


def inbox_view(name: str, source: str, prefix: str = "d-") -> View:
    """How far this service has applied a publisher's facts, by dossier; the publisher's own view is (id, version)."""
    where = f"source = '{source}' AND subject LIKE '{prefix}%' AND last > 0"
    return View(name, f"SELECT subject AS key, last::text AS value FROM inbox WHERE {where}")  # noqa: S608 -- declared in code


def reconcile_router(service: str, views: Sequence[View]) -> APIRouter:
    router = APIRouter(prefix=f"/api/{service}/reconcile", tags=["operations"])
    by_name = {view.name: view for view in views}

    @router.get("")
    async def names(_: Operator) -> ViewNames:
        return ViewNames(views=sorted(by_name))

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
    async def buckets(request: Request, _: Operator) -> BucketHashes:
        async with request.app.state.process.jobs.connect() as connection:
            sums = await connection.execute(hashes)
        return BucketHashes(buckets={row.bucket: Bucket(rows=row.number, hash=str(row.hash)) for row in sums})

    @router.get(f"/{view.name}/{{bucket}}", name=f"rows of {view.name}")
    async def bucket_rows(request: Request, bucket: Annotated[int, Path(ge=0, lt=BUCKETS)], _: Operator) -> BucketRows:
        async with request.app.state.process.jobs.connect() as connection:
            in_bucket = await connection.execute(rows, {"bucket": bucket})
        return BucketRows(rows={row.key: row.value for row in in_bucket})
