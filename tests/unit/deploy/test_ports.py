"""The ports that servers of one machine are given."""

import pytest

from deploy.local import ports
from deploy.local.ports import free_ports


@pytest.mark.parametrize("first", [26_000, 32_768])
def test_no_connection_that_somebody_opens_meanwhile_can_take_a_server_s_port(
    first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "_first_given_to_clients", lambda: first)
    assert max(free_ports(50)) < first


def test_different_ports_come_also_where_the_system_sets_none_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_first_given_to_clients", lambda: 1024)
    assert len(set(free_ports(50))) == 50
