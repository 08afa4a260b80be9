"""What the post does by itself: it reads orders, publishes shipments, carries parcels.

Each task works on through Kafka's absences, starting again from its beginning, and says in readiness what it cannot do.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, NoReturn

from deploy.sandbox.post_office.kafka import publish_shipments, read_orders
from deploy.sandbox.post_office.login import Login
from deploy.sandbox.post_office.office import Office

TASKS: Final = ("orders", "shipments", "carrying")
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0
DELIVERY_INTERVAL: Final = 1.0

log = logging.getLogger("post-office")
Task = Callable[[Callable[[], None]], Awaitable[None]]


@dataclass(kw_only=True)
class Background:
    """`problems`: what each task cannot do at present; a task that works is not in it."""

    office: Office
    kafka: Login
    process: str
    replication: int | None = None
    problems: dict[str, str] = field(default_factory=lambda: dict.fromkeys(TASKS, "not started yet"))

    async def run(self) -> NoReturn:
        """Run all tasks until cancelled."""
        tasks: tuple[Task, ...] = (
            partial(read_orders, self.office, self.kafka, self.process),
            partial(publish_shipments, self.office, self.kafka, self.replication),
            partial(_carry, self.office),
        )
        async with asyncio.TaskGroup() as group:
            for name, task in zip(TASKS, tasks, strict=True):
                group.create_task(self._retry_forever(name, task))
        raise AssertionError("unreachable")

    async def _retry_forever(self, name: str, task: Task) -> NoReturn:
        pause = FIRST_PAUSE
        while True:
            try:
                await task(lambda: self._works(name))
            except Exception as error:  # noqa: BLE001 -- said in readiness and in the log, and tried again
                pause = FIRST_PAUSE if name not in self.problems else min(LONGEST_PAUSE, pause * 2)
                self.problems[name] = f"{type(error).__name__}: {error}"[:300]
                log.warning("%s: again in %.1f s: %s", name, pause, self.problems[name])
                await asyncio.sleep(pause)

    def _works(self, name: str) -> None:
        self.problems.pop(name, None)


async def _carry(office: Office, on_ready: Callable[[], None]) -> NoReturn:
    on_ready()
    while True:
        office.to_carry.clear()
        office.deliver()
        left = office.until_next_delivery()
        if left is None:
            await office.to_carry.wait()
        else:
            await asyncio.sleep(max(0.01, min(DELIVERY_INTERVAL, left.total_seconds())))
