"""The keys of a post office that nobody else uses."""

from pathlib import Path

import pytest

from tests.support.post_office_world import Keys


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys.make(tmp_path)
