"""Whether a schema keeps the promise of the one before. Pure: two JSON Schemas in, what changed for a reader out.

Events are kept for ever, so the new class reads whatever the old one allowed: bounds only widen, nothing becomes required.
Readers are deployed apart from publishers, so the new publisher keeps what the old class promised: fields stay, kinds and
cases stay, and only optional fields are added. A keyword without a rule here may not change at all: nothing is passed over.
The reasons stand in docs/decisions/0007.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

Schema = dict[str, Any]
Open = frozenset[tuple[str, str]]
"""The pairs of definitions that are being compared: one that contains itself is entered once."""

_FOR_PEOPLE: Final = frozenset({"title", "description", "examples", "deprecated", "$comment"})
_UPPER: Final = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")
_LOWER: Final = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")
_INNER: Final = {"items": "[]", "additionalProperties": "{}"}
_MEMBERS: Final = {"prefixItems": "[%d]", "anyOf": "|%d", "oneOf": "|%d", "allOf": "&%d"}
_RULED: Final = _FOR_PEOPLE.union(_UPPER, _LOWER, _INNER, _MEMBERS, ("properties", "required", "enum", "$defs"))
_NOTHING: Final = "nothing"


@dataclass(frozen=True, slots=True)
class Change:
    """`breaks` False: a bound became wider, and readers must be deployed before the publisher uses it."""

    path: str
    what: str
    breaks: bool = True

    def __str__(self) -> str:
        return f"{self.path}: {self.what}"


def changes(old: Schema, new: Schema, path: str = "") -> list[Change]:
    """What a reader could notice; `path` names the schema. Fields added as optional, titles and descriptions are not listed."""
    return list(_Comparison(old.get("$defs", {}), new.get("$defs", {})).compare(old, new, path, frozenset()))


def breaks(old: Schema, new: Schema, path: str = "") -> list[str]:
    """Why `new` may not take the place of `old`; empty if it may."""
    return [str(change) for change in changes(old, new, path) if change.breaks]


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Both documents' definitions: a `$ref` is judged by what it refers to, whatever that is called."""

    old: dict[str, Schema]
    new: dict[str, Schema]

    def compare(self, old: Schema, new: Schema, path: str, entered: Open) -> Iterator[Change]:
        if old is new and self.old is self.new:
            return  # one document derived from the other shares what it did not change
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if all(pair) and pair in entered:
            old, new = ({keyword: value for keyword, value in schema.items() if keyword != "$ref"} for schema in (old, new))
        elif any(pair):
            entered |= {pair}
            old, new = _resolved(old, self.old), _resolved(new, self.new)
        yield from _compare_keywords(old, new, path)
        yield from _compare_bounds(old, new, path)
        yield from _compare_enum(old, new, path)
        yield from _compare_required(old, new, path)
        yield from self._compare_properties(old, new, path, entered)
        yield from self._compare_inner(old, new, path, entered)
        yield from self._compare_members(old, new, path, entered)

    def _compare_properties(self, old: Schema, new: Schema, path: str, entered: Open) -> Iterator[Change]:
        former, latter = old.get("properties", {}), new.get("properties", {})
        for name in sorted(former):
            if name in latter:
                yield from self.compare(_schema(former[name]), _schema(latter[name]), f"{path}.{name}", entered)
            else:
                yield Change(f"{path}.{name}", "removed")

    def _compare_inner(self, old: Schema, new: Schema, path: str, entered: Open) -> Iterator[Change]:
        """An absent schema allows everything, as `true` does."""
        for keyword, sign in _INNER.items():
            if keyword in old or keyword in new:
                before, after = _schema(old.get(keyword, True)), _schema(new.get(keyword, True))
                yield from self.compare(before, after, f"{path}{sign}", entered)

    def _compare_members(self, old: Schema, new: Schema, path: str, entered: Open) -> Iterator[Change]:
        for keyword, sign in _MEMBERS.items():
            former, latter = old.get(keyword, []), new.get(keyword, [])
            if len(former) != len(latter):
                yield Change(path, f"{keyword} had {len(former)} members and has {len(latter)}")
            for number, (before, after) in enumerate(zip(former, latter, strict=False)):
                yield from self.compare(_schema(before), _schema(after), path + sign % number, entered)


def _schema(value: Schema | bool) -> Schema:
    if isinstance(value, bool):
        return {} if value else {"type": "never"}
    return value


def _resolved(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    """With its reference followed; keywords beside `$ref` (a default) count. One that leads nowhere stays, and so differs."""
    entered: set[str] = set()
    while (reference := schema.get("$ref")) is not None and reference not in entered:
        entered.add(reference)
        target = definitions.get(reference.removeprefix("#/$defs/"))
        if target is None:
            return schema | {"refers to": "no definition"}
        schema = target | {keyword: value for keyword, value in schema.items() if keyword != "$ref"}
    return schema


def _text(value: object) -> str:
    """As JSON: there 1, 1.0 and true are three things."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _said(schema: Schema, keyword: str) -> str:
    return _text(schema[keyword]) if keyword in schema else _NOTHING


def _compare_keywords(old: Schema, new: Schema, path: str) -> Iterator[Change]:
    """Type, format, pattern, const, default, and every keyword that is unknown here."""
    for keyword in sorted((old.keys() | new.keys()) - _RULED):
        before, after = _said(old, keyword), _said(new, keyword)
        if before != after:
            yield Change(path, f"{keyword} changed from {before} to {after}")


def _compare_bounds(old: Schema, new: Schema, path: str) -> Iterator[Change]:
    for keyword in (*_UPPER, *_LOWER):
        before, after = old.get(keyword), new.get(keyword)
        if before != after:
            narrower = before is None or (after is not None and (after < before) == (keyword in _UPPER))
            how = "narrowed" if narrower else "widened"
            yield Change(path, f"{keyword} {how} from {_said(old, keyword)} to {_said(new, keyword)}", breaks=narrower)


def _compare_enum(old: Schema, new: Schema, path: str) -> Iterator[Change]:
    """In any order. A member more is refused too: readers branch on it, and each must decide what it means."""
    if ("enum" in old) != ("enum" in new):
        yield Change(path, f"enum changed from {_said(old, 'enum')} to {_said(new, 'enum')}")
        return
    former, latter = ({_text(member) for member in schema.get("enum", ())} for schema in (old, new))
    yield from (Change(path, f"enum lost {member}") for member in sorted(former - latter))
    yield from (Change(path, f"enum gained {member}") for member in sorted(latter - former))


def _compare_required(old: Schema, new: Schema, path: str) -> Iterator[Change]:
    former, latter, existed = set(old.get("required", ())), set(new.get("required", ())), old.get("properties", {})
    for name in sorted(latter - former):
        yield Change(f"{path}.{name}", "newly required" if name in existed else "new and required")
    for name in sorted(former - latter):
        yield Change(f"{path}.{name}", "no longer required")
