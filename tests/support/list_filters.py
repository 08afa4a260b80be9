"""Every list with its filters, and the law that holds for all of them: what is asked for holds together.

A list that is not here, or has another filter, is named by a test; the tests of `hold_together` try each pair.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from itertools import combinations
from typing import Final

Rows = frozenset[str]
Ask = Callable[[Mapping[str, str]], Awaitable[Iterable[str]]]

# Which part of a list is shown and in which order is no filter, nor what was done before. `search` is `q` where that is not to
# stand in an address, `case` what is open beside the list.
PAGING: Final = frozenset({"after", "turn", "limit", "page", "given", "done", "signed", "kept", "search", "draft", "case"})
_DOSSIERS: Final = frozenset({"unit", "status", "q"})
_CASES: Final = frozenset({"unit", "officer", "state", "due"})
_PERIOD: Final = frozenset({"from", "to", "as_of"})
_FIGURES: Final = frozenset({"unit", "field", "channel", "competent"})
LISTS: Final[Mapping[str, frozenset[str]]] = {
    "/api/intake/dossiers": _DOSSIERS,
    "/intake/dossiers": _DOSSIERS,
    "/intake/results": frozenset({"unit", "waits"}),
    "/api/routing/cases": _CASES,
    "/routing/cases": _CASES,
    "/routing/signing": frozenset(),
    "/api/notify/messages": frozenset({"dossier", "code", "outcome", "fact_type"}),
    "/notify/messages": frozenset({"code", "outcome"}),
    "/api/reporting/dossiers": _PERIOD | _FIGURES | {"measure"},
    "/reporting/board/dossiers": frozenset({"preset", "by", "unit", "waiting"}),
    "/api/directory/staff": frozenset({"q"}),
    "/directory/staff": frozenset({"q"}),
    "/api/directory/history": frozenset({"of"}),
    "/directory/history": frozenset({"of"}),
}


async def hold_together(ask: Ask, filters: Mapping[str, Iterable[str]]) -> None:
    """Two filters find what both of them find alone. Each value must find something and leave something out."""
    everything = frozenset(await ask({}))
    alone = {(name, value): frozenset(await ask({name: value})) for name, values in filters.items() for value in values}
    for (name, value), rows in alone.items():
        assert rows, f"{name}={value} finds nothing, so that it proves nothing"
        assert rows < everything, f"{name}={value} leaves nothing out, so that it proves nothing"
    for first, second in combinations(alone, 2):
        if first[0] != second[0]:
            both = frozenset(await ask(dict([first, second])))
            assert both == alone[first] & alone[second], f"{first} with {second}"
