"""Every list, search, report and page, and the minting of codes, at ten thousand dossiers and at a million (`--size`).

The installations are grown once and kept (`--data`, or the folder of temporary files): a million takes a quarter of an hour and
16 GB. A question may take 1.3 times as long at the large size, or anything under 20 ms.
"""

from bench.growth.outcome import Growth
from bench.growth.population import grown
from bench.growth.routes import unasked
from bench.growth.sweep import Timing, sweep
from bench.keys import intake_keys
from bench.options import Options
from deploy.local.outcome import ExitCode, Stopped

SMALL, LARGE = 10_000, 1_000_000
UNIT = "000.00.21.H99"
"""The district's one-stop unit: it receives and decides."""


def run(options: Options) -> Growth:
    """Raises Stopped when an installation does not start, a page does not answer, or a route is not asked."""
    if forgotten := unasked():
        raise Stopped(
            ExitCode.DIFFERENCE,
            vi=f"Chưa đo: {', '.join(forgotten)}. Thêm vào bench/growth/routes.py.",
            en=f"Not measured: {', '.join(forgotten)}. Add them to bench/growth/routes.py.",
        )
    sizes = (SMALL, options.size or LARGE)
    small, large = (_swept(size, options) for size in sizes)
    return Growth(dossiers=sizes, small=small, large=large)


def _swept(dossiers: int, options: Options) -> dict[str, Timing]:
    with grown(dossiers, options.data) as made:
        return sweep(made, intake_keys(made), UNIT)
