"""The memory of all processes of an installation that has lived a little, shared pages counted once."""

import asyncio
from typing import Final

from bench.footprint import Footprint
from bench.installation import Installation, installation
from bench.lifecycle import load
from bench.lifecycle.cast import sign_in
from bench.lifecycle.drain import Drain
from bench.options import Options
from deploy.local import memory

LIMIT_MIB: Final = 1024.0
CLIENTS: Final = 8


def run(options: Options) -> Footprint:
    """Raises Stopped when the installation does not start or does not come to rest."""
    with installation(options.data) as made:
        asyncio.run(_live(made, options.seconds))
        taken = taken_by_process(made)
    return Footprint(name="memory", what="PSS of all processes after a load", unit="MiB", by_part=taken, limit=LIMIT_MIB)


def taken_by_process(made: Installation) -> dict[str, float]:
    """MiB. The supervisor counts without its children, which are all the others."""
    return {name: (memory.alone if name == "supervisor" else memory.taken)(pid) for name, pid in made.pids().items()}


async def _live(made: Installation, seconds: float) -> None:
    """So that caches are filled and connections open."""
    async with Drain(made.session) as drain:
        await load.closed(made.session.plan.state.port, sign_in(made.session), CLIENTS, seconds)
        await drain.wait()
