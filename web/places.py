"""How many requests may be under way at once, shared out: one address has its share only, and some places are kept for staff."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Places:
    """`for_staff` of the `total` are for who is signed in; the others for anybody, up to `per_address` each."""

    total: int
    for_staff: int
    per_address: int
    _taken: int = 0
    _by_address: Counter[str] = field(default_factory=Counter)

    def take(self, address: str, *, staff: bool = False) -> bool:
        """Whether there was one. Who has it gives it back to `free`, by the same words."""
        if self._taken >= (self.total if staff else self.total - self.for_staff):
            return False
        if not staff and self._by_address[address] >= self.per_address:
            return False
        self._taken += 1
        if not staff:
            self._by_address[address] += 1
        return True

    def free(self, address: str, *, staff: bool = False) -> None:
        self._taken -= 1
        if not staff:
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]
