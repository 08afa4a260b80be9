"""How long `motcua up` takes on data that are there, from the command to serving: the median of several, each after a `down`."""

import time
from statistics import median
from typing import Final

from bench.footprint import Footprint
from bench.installation import Installation, installation, start, stop
from bench.options import Options

LIMIT_SECONDS: Final = 15.0


def run(options: Options) -> Footprint:
    """Raises Stopped when it does not start."""
    with installation(options.data) as made:
        seconds = median(_restart(made) for _ in range(options.rounds))
    return Footprint(name="start", what="motcua up", unit="s", by_part={"motcua up": seconds}, limit=LIMIT_SECONDS)


def _restart(made: Installation) -> float:
    stop(made)
    began = time.perf_counter()
    start(made)
    return time.perf_counter() - began
