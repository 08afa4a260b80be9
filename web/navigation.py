"""The menu of every page's header: nobody is offered a page that they may not open."""

from dataclasses import dataclass
from typing import Final

from contracts.values import Role
from web.principal import Principal


@dataclass(frozen=True)
class MenuItem:
    key: str
    href: str
    roles: frozenset[Role]
    shortcut: str


STAFF: Final = (
    MenuItem("counter", "/intake/counter", frozenset({Role.CLERK}), "Alt+1"),
    MenuItem("cases", "/routing/cases", frozenset({Role.OFFICER, Role.LEADER}), "Alt+2"),
    MenuItem("messages", "/notify/messages", frozenset({Role.CLERK, Role.LEADER, Role.OPERATOR}), "Alt+3"),
    MenuItem("figures", "/reporting/figures", frozenset({Role.LEADER, Role.ADMIN}), "Alt+4"),
)
PUBLIC: Final = (MenuItem("track", "/track", frozenset(), ""),)


def menu_for(person: Principal | None) -> tuple[MenuItem, ...]:
    if person is None:
        return PUBLIC
    return tuple(item for item in STAFF if any(person.has(role) for role in item.roles))
