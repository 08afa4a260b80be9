"""From which position on the outbox is looked at.

A deleted row stays in the index until no old snapshot could see it: a look from the beginning walks over all of them. Positions
come from a sequence and commit out of order, so a look may begin behind `floor` only if no row can appear there any more. That is
so once every transaction has ended that may have drawn such a position. It locks the table before it draws and until it ends; so:

1. read how far the sequence is, 2. then list who has the table locked for writing, 3. when none of those is left, no row up to
where the sequence was in step 1 can appear. A look that begins afterwards raises the floor up to there, or up to the first row it
finds.

docs/decisions/0022 has the argument and the figures.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from messaging.statements import Statement

HORIZON_SQL: Final = """
    SELECT (SELECT last_value - CAST(NOT is_called AS int) FROM outbox_position_seq) AS drawn,
        ARRAY(SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock'
              AND relation = CAST('outbox' AS regclass) AND pid <> pg_backend_pid()
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())) AS writers
"""
"""Who asks must not have drawn a position in the same transaction. A sequence that was never drawn from says 1 as well."""
HORIZON: Final = Statement(HORIZON_SQL)


@dataclass(slots=True, kw_only=True)
class OutboxFloor:
    """`safe`: no row up to there can appear any more. `server`: when PostgreSQL was started; another one may know fewer
    positions, so nothing that was learnt holds any more.
    """

    safe: int = 0
    _server: Any = None
    _drawn: int | None = None
    _candidate: int = 0
    _writers: frozenset[str] = frozenset()
    _floors: dict[Hashable, int] = field(default_factory=dict)

    def at_server(self, started: Any) -> None:
        """Before each look: forget everything when it is another server than before."""
        if started != self._server:
            self.safe, self._drawn, self._candidate, self._writers = 0, None, 0, frozenset()
            self._floors.clear()
            self._server = started

    def note(self, drawn: int, writers: Iterable[str]) -> None:
        """An answer of HORIZON. It does not say which of the two it read first: `drawn` counts for the next answer."""
        now = frozenset(writers)
        if self._candidate > self.safe and not self._writers & now:
            self.safe = self._candidate
        if self._drawn is not None and self._candidate <= self.safe < self._drawn:
            self._candidate, self._writers = self._drawn, now
            if not now:
                self.safe = self._candidate
        self._drawn = drawn

    def below(self, view: Hashable) -> int:
        """Rows up to there need not be looked at. `view`: which rows the look is about."""
        return self._floors.get(view, 0)

    def rise(self, view: Hashable, first: int | None) -> None:
        """After a look at all rows of the view above its floor, begun after the last `note`: where the first is, if any."""
        upto = self.safe if first is None else min(self.safe, first - 1)
        self._floors[view] = max(self.below(view), upto)

    def keep(self, views: Iterable[Hashable]) -> None:
        """Forget all other views."""
        for view in self._floors.keys() - set(views):
            del self._floors[view]
