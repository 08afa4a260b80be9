"""How many mails a sender takes at a time: what the server took in a second, within bounds."""

import pytest

from services.notify.background import AT_LEAST, AT_MOST, batch_size


@pytest.mark.parametrize(
    ("mails", "seconds", "size"),
    [(1, 0.003, AT_MOST), (1, 0, AT_MOST), (50, 5, 10), (50, 2, 25), (5, 60, AT_LEAST), (50, 3600, AT_LEAST)],
)
def test_as_many_as_were_sent_in_a_second(mails: int, seconds: float, size: int) -> None:
    assert batch_size(mails, seconds) == size
