"""The pages that the header offers, and to whom: nobody is shown a door that is closed to them."""

from dataclasses import dataclass
from typing import Final

from contracts.values import Role
from web.principal import Principal


@dataclass(frozen=True)
class Entry:
    key: str
    href: str
    roles: frozenset[Role]
    shortcut: str


STAFF: Final = (
    Entry("counter", "/intake/counter", frozenset({Role.CLERK}), "Alt+1"),
    Entry("cases", "/routing/cases", frozenset({Role.OFFICER, Role.LEADER}), "Alt+2"),
    Entry("messages", "/notify/messages", frozenset({Role.CLERK, Role.LEADER, Role.OPERATOR}), "Alt+3"),
    Entry("figures", "/reporting/figures", frozenset({Role.LEADER, Role.ADMIN}), "Alt+4"),
)
PUBLIC: Final = (Entry("track", "/track", frozenset(), ""),)


def entries(person: Principal | None) -> tuple[Entry, ...]:
    if person is None:
        return PUBLIC
    return tuple(entry for entry in STAFF if any(person.has(role) for role in entry.roles))
