"""What a change of the register comes to, line by line: what stood there, and what will. What was shown is confirmed and kept.

Pure. A value is a list of parts, each a text as people typed it or the key of a word in the reader's language.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from itertools import chain
from json import dumps
from typing import Any, Final, Literal

from services.directory.domain.accounts import Account
from services.directory.domain.register import Changes, Holdings
from services.directory.domain.versioned import E, Versioned

Kind = Literal["calendar", "unit", "procedure", "staff"]
Part = dict[Literal["text", "word"], str]
Path = tuple[str, ...]
# What nobody changes by hand, or what follows from the rest.
_LEFT_OUT: Final = frozenset(
    {"id", "code", "version", "tokens_valid_from", "ended_sessions", "sample", "own_dates", "own_weekdays"}
)
# Lists whose members have a name of their own.
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "versions": ("version",),
    "papers": ("code",),
    "competences": ("receiving",),
    "exceptions": ("date",),
    "posts": ("unit", "role"),
}
_IN_ONE_LINE: Final = frozenset({"papers", "competences", "exceptions", "posts", "limit"})
_WORDS: Final = {"role": "role", "tier": "tier", "online": "online", "kind": "word", "half": "word"}


@dataclass(frozen=True, slots=True)
class Line:
    """`before` or `after` is None where there was, or will be, nothing."""

    path: Path
    before: Sequence[Part] | None
    after: Sequence[Part] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityChange:
    kind: Kind
    id: str
    name: str
    is_new: bool
    lines: Sequence[Line]


def differences(changes: Changes, held: Holdings) -> list[EntityChange]:
    """What differs, in the order in which it is saved. A password that is given for the first time is nobody's to see."""
    return [
        *_of_kind("calendar", changes.calendars, held.calendars),
        *_of_kind("unit", changes.units, held.units),
        *_of_kind("procedure", changes.procedures, held.procedures),
        *(change for account in changes.accounts if (change := _of_account(account, held.accounts.get(account.id))).lines),
    ]


def fingerprint(shown: Sequence[EntityChange]) -> str:
    """The same for the same differences only: what is confirmed is what was read."""
    return sha256(dumps([asdict(change) for change in shown], sort_keys=True).encode()).hexdigest()


def _of_kind(kind: Kind, changed: Sequence[Versioned[E]], held: Mapping[str, Versioned[E]]) -> Iterable[EntityChange]:
    for item in changed:
        before = held.get(item.id)
        value = item.entity.model_dump(mode="json")
        old = None if before is None else before.entity.model_dump(mode="json")
        yield _change(kind, item.id, old, value)


def _of_account(account: Account, before: Account | None) -> EntityChange:
    old = None if before is None else before.staff.model_dump(mode="json")
    return _change("staff", account.id, old, account.staff.model_dump(mode="json"))


def _change(kind: Kind, entity: str, before: dict[str, Any] | None, after: dict[str, Any]) -> EntityChange:
    old, new = dict(_flat(before or {}, ())), dict(_flat(after, ()))
    paths = dict.fromkeys(chain(old, new))
    lines = [Line(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)]
    return EntityChange(kind=kind, id=entity, name=_name(after), is_new=before is None, lines=lines)


def _name(value: Mapping[str, Any]) -> str:
    """A procedure is called as its newest version is."""
    return str(value["name"] if "name" in value else value["versions"][-1]["title"])


def _flat(value: Mapping[str, Any], path: Path) -> Iterable[tuple[Path, Sequence[Part]]]:
    """Without what is empty: nothing and no entry are the same."""
    for name, member in value.items():
        if name in _LEFT_OUT or member is None or member in ([], {}, ""):
            continue
        if name in _KEYS:
            for item in member:
                key = " ".join(str(item[part]) for part in _KEYS[name])
                yield from _member(item, (*path, name, key), name)
        elif isinstance(member, dict):
            yield from _member(member, (*path, name), name)
        else:
            yield (*path, name), _parts(name, member)


def _member(item: Mapping[str, Any], path: Path, name: str) -> Iterable[tuple[Path, Sequence[Part]]]:
    if name == "signing":
        yield path, [{"text": item["kind"]}, {"text": item["number_format"]}]
    elif name in _IN_ONE_LINE:
        parts = [part for field, member in item.items() for part in _in_line(field, member)]
        yield path, parts
    else:
        yield from _flat(item, path)


def _in_line(field: str, member: Any) -> Sequence[Part]:
    """What is true is called by its name, what is not is left out."""
    if isinstance(member, bool):
        return [{"word": f"word.{field}"}] if member else []
    return [] if member is None or member in ([], "", 0) else _parts(field, member)


def _parts(field: str, member: Any) -> Sequence[Part]:
    if isinstance(member, bool):
        return [{"word": "word.yes" if member else "word.no"}]
    if field in _WORDS:
        return [{"word": f"{_WORDS[field]}.{member}"}]
    if isinstance(member, list):
        return [{"text": "-".join(item) if isinstance(item, list) else str(item)} for item in member]
    return [{"text": str(member)}]
