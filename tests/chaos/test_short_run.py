"""A minute of `make chaos`: a few faults on a whole installation at work, and the checker finds nothing.

A seed of its own, whose plan has a killed and a frozen service, a crash of PostgreSQL, a spoilt link and foreign garbage.
"""

import logging
from pathlib import Path

import pytest

from tests.support.chaos.fault_plan import FaultKind
from tests.support.chaos.history import State
from tests.support.chaos.settings import Settings
from tests.support.chaos.trial import run

pytestmark = pytest.mark.timeout(1500)
KINDS = (FaultKind.KILL, FaultKind.FREEZE, FaultKind.CRASH_POSTGRES, FaultKind.CUT_AFTER, FaultKind.GARBAGE)


async def test_a_minute_of_faults_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    settings = Settings(seed=23, seconds=75, kept=tmp_path, brokers=1, processes=1, clients=3, longest=10, apart=0, kinds=KINDS)
    verdict = await run(settings, lambda line: logging.getLogger(__name__).info(line))
    assert verdict.findings == []
    assert verdict.history.count(State.ACKNOWLEDGED) > 20
    assert len({suffered.fault.kind for suffered in verdict.suffered}) > 2
    assert verdict.recovery
