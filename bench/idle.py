"""The processor that an installation takes while nobody asks anything of it, a minute long, as a share of one core."""

import asyncio
import time
from typing import Final

from bench.footprint import Footprint
from bench.installation import Installation, installation
from bench.lifecycle.drain import Drain
from bench.options import Options
from bench.processes import Meter

LIMIT: Final = 0.08
SETTLE_SECONDS: Final = 20.0
IDLE_SECONDS: Final = 60.0


def run(options: Options) -> Footprint:
    """Raises Stopped when the installation does not start or does not come to rest."""
    with installation(options.data) as made:
        asyncio.run(_rest(made))
        meter = Meter.begin(made.pids())
        time.sleep(IDLE_SECONDS)
        used = meter.read()
    shares = {name: seconds / used.seconds for name, seconds in used.by_process.items()}
    return Footprint(name="idle", what="CPU of all processes", unit="cores", by_part=shares, limit=LIMIT)


async def _rest(made: Installation) -> None:
    """The sample is in every service, and what a start puts off is done."""
    async with Drain(made.session) as drain:
        await drain.wait()
        await asyncio.sleep(SETTLE_SECONDS)
