"""The OpenAPI documents of all services in `contracts/openapi/`: what the APIs promise, and whether a change keeps the promise.

`python -m deploy.openapi` writes them, `--check` compares; both refuse a change that would break a program written for the
document before. Bodies are compared as events are (contracts.compatibility): a client is a reader that is deployed apart.
"""

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from chassis.process import build
from contracts.compatibility import Change, Schema, changes
from contracts.services import SERVICES

FOLDER: Final = Path(__file__).parents[1] / "contracts" / "openapi"
NO_SERVER: Final = "postgresql+psycopg://nobody@/nothing?host=/nonexistent"
REFERENCE: Final = "#/components/schemas/"
STEPS_OF_A_LIFE: Final = frozenset({"stage", "state", "act"})
"""Where a dossier or case stands and what happened to it: answers may gain words that a client does not know (decision 0030)."""
Document = dict[str, Any]


def current() -> dict[str, Document]:
    """What the routes of the code say; nothing connects."""
    return {service: _document(service) for service in SERVICES}


def _document(service: str) -> Document:
    made = import_module(f"services.{service}.main").SERVICE
    document: Document = build(made, made.settings(), NO_SERVER).openapi()
    return document


def golden() -> dict[str, Document]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def compare(old: Document, new: Document, name: str) -> Iterator[Change]:
    """What a client could notice, route by route."""
    before, after = routes(old), routes(new)
    for route in before:
        if route not in after:
            yield Change(f"{name} {route}", "removed")
        else:
            yield from _compare_parameters(before[route], after[route], f"{name} {route}")
            yield from _compare_bodies(_bodies(before[route], old), _bodies(after[route], new), f"{name} {route}")


def routes(document: Document) -> dict[str, Any]:
    paths = document["paths"].items()
    return {f"{method.upper()} {path}": operation for path, methods in paths for method, operation in methods.items()}


def _compare_parameters(old: Any, new: Any, path: str) -> Iterator[Change]:
    before, after = (
        {f"{parameter['in']} {parameter['name']}": parameter for parameter in operation.get("parameters", ())}
        for operation in (old, new)
    )
    yield from (Change(f"{path} {name}", "removed") for name in sorted(before.keys() - after.keys()))
    for name, parameter in after.items():
        if name not in before and parameter.get("required"):
            yield Change(f"{path} {name}", "new and required")
        elif name in before:
            if parameter.get("required") and not before[name].get("required"):
                yield Change(f"{path} {name}", "newly required")
            yield from changes(before[name].get("schema", {}), parameter.get("schema", {}), f"{path} {name}")


def _bodies(operation: Any, document: Document) -> dict[str, Schema]:
    """`request` and each status -> the JSON schema, its references resolvable."""
    contents = {"request": operation.get("requestBody", {}).get("content", {})}
    contents |= {status: answer.get("content", {}) for status, answer in operation["responses"].items()}
    definitions = document.get("components", {}).get("schemas", {})
    return {
        f"{name} {media}": _with_definitions(content.get("schema", {}), definitions)
        for name, by_media in contents.items()
        for media, content in by_media.items()
    }


def _with_definitions(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    text = json.dumps(schema | {"$defs": definitions}).replace(REFERENCE, "#/$defs/")
    resolvable: Schema = json.loads(text)
    return resolvable


def _compare_bodies(before: dict[str, Schema], after: dict[str, Schema], path: str) -> Iterator[Change]:
    yield from (Change(f"{path} {name}", "removed") for name in sorted(before.keys() - after.keys()))
    for name in sorted(before.keys() & after.keys()):
        for change in changes(before[name], after[name], f"{path} {name}"):
            yield replace(change, breaks=False) if name.startswith("2") and _is_step_more(change) else change


def _is_step_more(change: Change) -> bool:
    return change.what.startswith("enum gained") and change.path.rpartition(".")[2] in STEPS_OF_A_LIFE


def main(*, check: bool = False) -> int:
    old, new = golden(), current()
    noticed = [Change(name, "removed") for name in old.keys() - new.keys()]
    noticed += [change for name in old.keys() & new.keys() for change in compare(old[name], new[name], name)]
    if broken := sorted({str(change) for change in noticed if change.breaks}):
        print("A client would break; add a route or an optional field instead:\n  " + "\n  ".join(broken), file=sys.stderr)
        return 1
    stale = [name for name in new if old.get(name) != new[name]]
    if check:
        print("\n".join(f"{name}: run `make contracts` and read the difference" for name in stale) or f"{len(new)} APIs hold")
        return 1 if stale else 0
    FOLDER.mkdir(exist_ok=True)
    for name, document in new.items():
        text = json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True)
        (FOLDER / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")
    print(f"{len(new)} OpenAPI documents in {FOLDER}")
    return 0


if __name__ == "__main__":
    for setting in [name for name in os.environ if name.startswith("MOTCUA_")]:
        del os.environ[setting]  # the documents are the code's, not this machine's
    sys.exit(main(check="--check" in sys.argv))
