"""What the migrations make is what the code's tables say, for every service; and running them again changes nothing."""

import pytest

from messaging.migration import differences, upgrade

SERVICES = ("intake", "routing", "notify", "reporting", "directory")


@pytest.mark.parametrize("service", SERVICES)
async def test_database_and_code_agree(postgres, service: str) -> None:
    url = await postgres.create_database(f"migrated_{service}")
    upgrade(url, service)
    assert differences(url, service) == []
    upgrade(url, service)
    assert differences(url, service) == []
