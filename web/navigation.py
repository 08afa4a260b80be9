"""The sidebar of staff's pages, by work: nobody is offered a page that they may not open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from contracts.values import Role
from web.principal import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """`key` is its word (`nav.<key>`) and its icon. `count` names the number beside it, as `<address>#<name>`: a page's script
    fetches it, since another service may hold it; `alarms` shows a number above none in red. `steps`: what pages of one dossier
    that belong here end with.
    """

    key: str
    href: str
    roles: frozenset[Role]
    shortcut: str = ""
    count: str = ""
    alarms: bool = False
    steps: tuple[str, ...] = ()


_CLERK: Final = frozenset({Role.CLERK})
_DECIDING: Final = frozenset({Role.OFFICER, Role.LEADER})
_LEADER: Final = frozenset({Role.LEADER})
_ADMINISTERING: Final = frozenset({Role.ADMIN, Role.OPERATOR})
_INTAKE, _ROUTING = "/intake/counts.json", "/routing/counts.json"

# What is done every day, what is looked up, what is kept in order.
STAFF: Final = (
    (
        MenuItem(key="board", href="/reporting/board", roles=_LEADER, shortcut="Alt+5"),
        MenuItem(key="counter", href="/intake/counter", roles=_CLERK, shortcut="Alt+1"),
        MenuItem(key="waiting", href="/intake/dossiers?status=1", roles=_CLERK, count=f"{_INTAKE}#waiting"),
        MenuItem(
            key="hand_over",
            href="/intake/results",
            roles=_CLERK,
            count=f"{_INTAKE}#results",
            steps=("/hand-over", "/slip"),
        ),
        MenuItem(key="dispatch", href="/intake/dispatch", roles=_CLERK),
        MenuItem(key="cases", href="/routing/cases", roles=_DECIDING, shortcut="Alt+2", count=f"{_ROUTING}#mine"),
        MenuItem(key="late", href="/routing/cases?due=late", roles=_DECIDING, count=f"{_ROUTING}#late", alarms=True),
        MenuItem(key="nobody", href="/routing/cases?officer=all&state=unassigned", roles=_LEADER, count=f"{_ROUTING}#unassigned"),
        MenuItem(key="signing", href="/routing/signing", roles=_DECIDING, count=f"{_ROUTING}#to_sign"),
        MenuItem(key="dossiers", href="/intake/dossiers", roles=_CLERK),
        MenuItem(key="guidance", href="/intake/guidance", roles=_CLERK),
    ),
    (
        MenuItem(key="figures", href="/reporting/figures", roles=frozenset({Role.LEADER, Role.ADMIN}), shortcut="Alt+4"),
        MenuItem(
            key="messages",
            href="/notify/messages",
            roles=frozenset({Role.CLERK, Role.LEADER, Role.OPERATOR}),
            shortcut="Alt+3",
        ),
    ),
    (
        MenuItem(key="absences", href="/routing/absences", roles=_LEADER),
        MenuItem(key="staff", href="/directory/staff", roles=_ADMINISTERING),
        MenuItem(key="calendars", href="/directory/calendars", roles=_ADMINISTERING),
        MenuItem(key="procedures", href="/directory/procedures", roles=frozenset(Role)),
        MenuItem(key="units", href="/directory/units", roles=frozenset(Role)),
    ),
)
Group = tuple[MenuItem, ...]


def menu_for(person: Principal | None) -> tuple[Group, ...]:
    """The groups with something for this person; none for a citizen, whose pages lead from one to the next."""
    if person is None:
        return ()
    groups = (tuple(item for item in group if any(person.has(role) for role in item.roles)) for group in STAFF)
    return tuple(group for group in groups if group)


def current(groups: Sequence[Group], path: str, query: Mapping[str, str]) -> MenuItem | None:
    """The item that this page belongs to: of those whose address it begins with, the one that says the most."""
    items = [item for group in groups for item in group]
    fitting = [item for item in items if item.steps and path.endswith(item.steps)]
    fitting = fitting or [item for item in items if _fits(item, path, query)]
    return max(fitting, key=lambda item: (len(urlsplit(item.href).path), len(item.href)), default=None)


def _fits(item: MenuItem, path: str, query: Mapping[str, str]) -> bool:
    address = urlsplit(item.href)
    within = path == address.path or path.startswith(f"{address.path}/")
    return within and all(query.get(name) == value for name, value in parse_qsl(address.query))
