"""The bench's flood in small: every postal event becomes a dossier, and meanwhile the district's cases are opened."""

import pytest

from bench import lanes
from bench.installation import Installation as Measured
from bench.options import Options
from tests.support.installation import Installation

pytestmark = pytest.mark.timeout(1800)


async def test_a_flood_from_the_post_leaves_no_district_dossier_without_a_case(lanes_apart: Installation) -> None:
    outcome = await lanes.measure(Measured(lanes_apart.data), Options(seconds=2, size=40))
    assert outcome.sound, outcome.as_json()
    assert (outcome.dossiers, outcome.events) == (40, 40)
    assert all(second > 0 for phase in (outcome.alone, outcome.flooded) for second in phase.seconds)
