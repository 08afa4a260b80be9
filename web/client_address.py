"""Which address a request comes from, so that what it asks for can be counted and bounded.

It is the peer's own, unless the peer is a front door that the settings trust: then what that one says it saw. What a client
writes into X-Forwarded-For itself counts for nothing. It fails closed: without a trusted front door all that comes through it is
one client.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Self

from starlette.requests import Request

UNIX: Final = "unix"
"""In the setting: whoever may write to our unix socket. As a client: whoever came over it and is not trusted."""
_IPV6_PREFIX: Final = 64  # one customer has that many addresses


@dataclass(frozen=True)
class TrustedProxies:
    """Whose word on X-Forwarded-For is taken; nobody's by default."""

    socket: bool = False
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def of(cls, setting: str) -> Self:
        """`unix`, addresses and networks, separated by commas. Raises ValueError."""
        parts = [part.strip() for part in setting.split(",") if part.strip()]
        try:
            networks = tuple(ip_network(part) for part in parts if part != UNIX)
        except ValueError as error:
            raise ValueError(
                f"MOTCUA_TRUSTED_PROXIES: {setting!r} phải gồm unix, địa chỉ hoặc mạng, cách nhau bằng dấu phẩy"
                " / must be unix, addresses or networks, separated by commas"
            ) from error
        return cls(UNIX in parts, networks)

    def client(self, peer: str | None, forwarded: str) -> str:
        """`peer`: None over a unix socket. `forwarded`: X-Forwarded-For; each front door adds at its end whom it saw."""
        address = _read(peer or "")
        hops = forwarded.split(",") if forwarded else []
        while hops and self._trusts(address, over_socket=peer is None):
            seen = _read(hops.pop())
            if seen is None:
                break
            peer, address = str(seen), seen
        return UNIX if address is None else _counted(address)

    def _trusts(self, address: IPv4Address | IPv6Address | None, *, over_socket: bool) -> bool:
        if address is None:
            return over_socket and self.socket
        return any(address in network for network in self.networks)


def client_of(request: Request) -> str:
    """By what a stranger's attempts are counted: an IPv4 address, the network of an IPv6 address, or `unix`."""
    proxies: TrustedProxies = request.app.state.trusted_proxies
    peer = request.client.host if request.client else None
    return proxies.client(peer, ",".join(request.headers.getlist("x-forwarded-for")))


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _counted(address: IPv4Address | IPv6Address) -> str:
    if isinstance(address, IPv4Address):
        return str(address)
    return str(IPv6Network((address, _IPV6_PREFIX), strict=False))
