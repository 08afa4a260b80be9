"""What a measurement comes to, for people as a table, for programs as one object."""

import os
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any

LIBRARIES = ("aiokafka", "faststream", "faststream-outbox", "psycopg", "asyncpg", "pydantic", "sqlalchemy")


@dataclass(frozen=True)
class Rate:
    """How much of the work was done, in how long, by what."""

    what: str
    count: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.count / self.seconds


@dataclass(frozen=True, kw_only=True)
class Measured:
    """`floor` is the least ratio that is promised; `order_kept` was checked on everything that ours has done."""

    name: str
    floor: float
    ours: Rate
    peer: Rate
    order_kept: bool

    @property
    def ratio(self) -> float:
        return self.ours.per_second / self.peer.per_second

    def as_json(self) -> dict[str, Any]:
        return {
            "bench": self.name,
            "ratio": round(self.ratio, 1),
            "floor": self.floor,
            "order_kept": self.order_kept,
            "ours": _rate(self.ours),
            "peer": _rate(self.peer),
            "cores": os.cpu_count(),
            "python": platform.python_version(),
            "versions": {library: version(library) for library in LIBRARIES},
        }


def _rate(rate: Rate) -> dict[str, Any]:
    return asdict(rate) | {"seconds": round(rate.seconds, 3), "per_second": round(rate.per_second, 1)}
