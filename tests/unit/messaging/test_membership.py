"""How often a member says that it is there."""

import pytest

from messaging.membership import REBALANCE_MS, Membership


@pytest.mark.parametrize(("session", "heartbeat"), [(4, 1000), (10, 2500), (60, 2500), (1500, 2500)])
def test_heartbeats_fit_in_a_session_and_in_the_time_that_a_group_waits_for_its_members(session: float, heartbeat: int) -> None:
    assert Membership(session_seconds=session).heartbeat_ms == heartbeat
    assert heartbeat * 3 < min(session * 1000, REBALANCE_MS)
