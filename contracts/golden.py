"""The golden JSON Schemas in `contracts/schemas/`: what a version of an event promises, and whether a change keeps the promise.

`python -m contracts.golden` writes them, `--check` compares; both refuse a change that would break a reader.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Final

from contracts.compatibility import Change, Schema, changes
from contracts.registry import EVENTS
from contracts.topics import DEAD_LETTER, TOPICS

FOLDER: Final = Path(__file__).parent / "schemas"
OWNERS: Final = tuple(dict.fromkeys(topic.owner for topic in (*TOPICS, DEAD_LETTER)))
"""Whoever owns a topic declares its events, in `contracts/<owner>.py` and in `contracts/<subject>/<owner>.py`."""


def load_events() -> None:
    """Import every owner's modules, so that the registry is whole."""
    for owner in OWNERS:
        import_module(f"contracts.{owner}")
    for path in sorted(Path(__file__).parent.glob("*/*.py")):
        if path.stem in OWNERS:
            import_module(f"contracts.{path.parent.name}.{path.stem}")


def current() -> dict[str, Schema]:
    """What the classes of this package say today."""
    load_events()
    return {
        name: cls.model_json_schema(mode="serialization")
        for name, cls in sorted(EVENTS.items())
        if cls.__module__.startswith("contracts.")
    }


def golden() -> dict[str, Schema]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def compare(old: dict[str, Schema], new: dict[str, Schema]) -> list[Change]:
    """What readers could notice, over all types; a type that is gone breaks those who read what was kept."""
    gone = [Change(name, "removed") for name in sorted(old.keys() - new.keys())]
    return gone + [change for name in sorted(old.keys() & new.keys()) for change in changes(old[name], new[name], name)]


def main(*, check: bool = False) -> int:
    old, new = golden(), current()
    noticed = compare(old, new)
    if broken := [str(change) for change in noticed if change.breaks]:
        print("A reader would break; declare a V2 instead:\n  " + "\n  ".join(broken), file=sys.stderr)
        return 1
    if check:
        return _report_stale([name for name in new if old.get(name) != new[name]], len(new))
    _write(new)
    for change in noticed:
        print(f"{change}: deploy the readers, with room in their tables, before the publisher")
    return 0


def _report_stale(stale: list[str], number: int) -> int:
    for name in stale:
        print(f"{name}: run `make contracts` and read the difference")
    if not stale:
        print(f"{number} contracts hold")
    return 1 if stale else 0


def _write(schemas: dict[str, Schema]) -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, schema in schemas.items():
        text = json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True)
        (FOLDER / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
    print(f"{len(schemas)} schemas in {FOLDER}")


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv))
