"""How a process is known to Kafka: in the broker's logs and quotas, and, if it has a name of its own, in its consumer groups.

A member with a name that was killed and comes back in time gets what it had, and nobody else notices. One without a name is a
newcomer each time: the group stops, shares out anew, and waits until the old one has been silent for its session.
"""

from dataclasses import dataclass
from typing import Final

SESSION_SECONDS: Final = 10.0
"""A process that is silent for so long is given up by its group. Shorter than a start, it makes the name useless."""
LONGEST_HEARTBEAT_MS: Final = 2500
REBALANCE_MS: Final = 10_000
"""For so long a group that shares out anew waits for its members."""


@dataclass(frozen=True, slots=True)
class Membership:
    """No two processes of a service may have the same `member`: they would drive each other out."""

    client_id: str = "motcua"
    member: str | None = None
    session_seconds: float = SESSION_SECONDS

    @property
    def session_ms(self) -> int:
        return int(self.session_seconds * 1000)

    @property
    def heartbeat_ms(self) -> int:
        """Three may be lost. By them a member learns that its group shares out anew: never seldom."""
        return min(self.session_ms // 4, LONGEST_HEARTBEAT_MS)


NAMELESS: Final = Membership()
