"""Every process knows every type that is declared: one that it does not use is passed over, and never parked as newer."""

import subprocess
import sys

import pytest

from contracts.golden import current
from contracts.services import SERVICES

ASK = "from services.{}.main import SERVICE; from contracts.registry import EVENTS; print(*sorted(EVENTS))"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_knows_all_types_that_are_declared(service: str) -> None:
    known = subprocess.run([sys.executable, "-c", ASK.format(service)], capture_output=True, text=True, check=True)
    assert set(known.stdout.split()) >= set(current())
