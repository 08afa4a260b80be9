"""Whose address counts: the peer's, and what a trusted front door saw; never what a client says of itself."""

import pytest

from web.client_address import UNIX, TrustedProxies

DOOR = "10.0.0.1"


@pytest.mark.parametrize(
    ("setting", "peer", "forwarded", "client"),
    [
        ("", "192.0.2.7", "203.0.113.1", "192.0.2.7"),
        ("", None, "203.0.113.1", UNIX),
        (UNIX, None, "203.0.113.1", "203.0.113.1"),
        (UNIX, None, "", UNIX),
        (UNIX, None, "not an address", UNIX),
        (UNIX, None, "198.51.100.9, 203.0.113.1", "203.0.113.1"),
        (UNIX, "192.0.2.7", "203.0.113.1", "192.0.2.7"),
        ("10.0.0.0/8", DOOR, "203.0.113.1", "203.0.113.1"),
        ("10.0.0.0/8", "192.0.2.7", "203.0.113.1", "192.0.2.7"),
        ("10.0.0.0/8", None, "203.0.113.1", UNIX),
        ("10.0.0.0/8", DOOR, "198.51.100.9, 10.0.0.2", "198.51.100.9"),
        ("10.0.0.0/8", DOOR, "198.51.100.9, 203.0.113.1, 10.0.0.2", "203.0.113.1"),
        ("10.0.0.0/8", DOOR, "198.51.100.9, rubbish, 10.0.0.2", "10.0.0.2"),
        ("unix, 10.0.0.0/8", None, "203.0.113.1, 10.0.0.2", "203.0.113.1"),
        ("10.0.0.0/8", DOOR, "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.0/8", f"::ffff:{DOOR}", "::ffff:203.0.113.1", "203.0.113.1"),
        ("2001:db8::1", "2001:db8::1", "2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
    ],
)
def test_the_address_that_counts(setting: str, peer: str | None, forwarded: str, client: str) -> None:
    assert TrustedProxies.of(setting).client(peer, forwarded) == client


@pytest.mark.parametrize("setting", ["everybody", "10.0.0.0/33", "10.0.0.1/8", "unix 10.0.0.1"])
def test_a_setting_that_cannot_be_read_says_so(setting: str) -> None:
    with pytest.raises(ValueError, match="MOTCUA_TRUSTED_PROXIES"):
        TrustedProxies.of(setting)
