"""Ports on the loopback address: which are free, and which answer."""

import contextlib
import secrets
import socket
from pathlib import Path

HOST = "127.0.0.1"
LOWEST = 20_000
ENOUGH = 5_000


def free_ports(count: int) -> list[int]:
    """`count` different ports that nothing listens on, and that no outgoing connection is given by chance before a server has
    taken them, where the system leaves enough of such ports.
    """
    lowest = _first_given_to_clients()
    chosen: list[int] = []
    while len(chosen) < count:
        port = secrets.choice(range(LOWEST, lowest)) if lowest - LOWEST >= ENOUGH else _any_free()
        if port not in chosen and is_free(port):
            chosen.append(port)
    return chosen


def _first_given_to_clients() -> int:
    """Where the range begins from which the kernel takes the local port of a connection; 0 where it does not say."""
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except OSError:
        return 0


def _any_free() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """Whether a server could listen here now; a port still in TIME_WAIT counts as free, as servers reuse it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Whether something accepts connections here."""
    with contextlib.suppress(OSError), socket.create_connection((HOST, port), timeout=0.5):
        return True
    return False


def accepts(path: Path) -> bool:
    """Whether a process listens on this Unix socket; the file alone may be left from one that was killed."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
        probe.connect(str(path))
        return True
    return False
