"""The golden JSON Schemas in `contracts/schemas/`: what a version of an event promises, and whether a change keeps the promise.

`python -m contracts.golden` writes them, `--check` compares; both refuse a change that would break a reader.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from contracts.registry import EVENTS
from contracts.topics import DEAD_LETTER, TOPICS

FOLDER: Final = Path(__file__).parent / "schemas"
OWNERS: Final = tuple(dict.fromkeys(topic.owner for topic in (*TOPICS, DEAD_LETTER)))
"""Whoever owns a topic declares its events, in `contracts/<owner>.py`."""
Schema = dict[str, Any]


def load_events() -> None:
    """Import every owner's module, so that the registry is whole."""
    for owner in OWNERS:
        import_module(f"contracts.{owner}")


def current() -> dict[str, Schema]:
    load_events()
    return {name: cls.model_json_schema(mode="serialization") for name, cls in sorted(EVENTS.items())}


def golden() -> dict[str, Schema]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def breaks(old: Schema, new: Schema, where: str = "") -> list[str]:
    """Why a reader of `old` could not read `new`: inside a version only optional fields are added."""
    found = [
        f"{where}: {word} changed"
        for word in ("type", "$ref", "const", "enum", "pattern", "format")
        if old.get(word) != new.get(word)
    ]
    olds, news = old.get("properties", {}), new.get("properties", {})
    found += [f"{where}.{name}: removed" for name in olds.keys() - news.keys()]
    found += [
        f"{where}.{name}: new and required" for name in set(new.get("required", ())) - set(old.get("required", ())) - olds.keys()
    ]
    found += [f"{where}.{name}: no longer required" for name in set(old.get("required", ())) - set(new.get("required", ()))]
    for name in olds.keys() & news.keys():
        found += breaks(olds[name], news[name], f"{where}.{name}")
    definitions = old.get("$defs", {})
    for name in definitions.keys() & new.get("$defs", {}).keys():
        found += breaks(definitions[name], new["$defs"][name], f"{where}#{name}")
    if isinstance(old.get("items"), dict):
        found += breaks(old["items"], new.get("items", {}), f"{where}[]")
    return found


def main(*, check: bool = False) -> int:
    old, new = golden(), current()
    broken = [line for name in old for line in (breaks(old[name], new[name], name) if name in new else [f"{name}: removed"])]
    if broken:
        print("A reader would break; declare a V2 instead:\n  " + "\n  ".join(broken), file=sys.stderr)
        return 1
    if check:
        stale = [name for name in new if old.get(name) != new[name]]
        print(
            "\n".join(f"{name}: run `make contracts` and read the difference" for name in stale) or f"{len(new)} contracts hold"
        )
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for name, schema in new.items():
        (FOLDER / f"{name}.json").write_text(
            json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8"
        )
    print(f"{len(new)} schemas in {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
