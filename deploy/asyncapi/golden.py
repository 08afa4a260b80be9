"""The documents as committed: written from the code, compared with it, and refused where a reader written for them would break.

Payloads are compared as events are (contracts.compatibility); beside them a reader relies on addresses, lanes, headers, and on
what is published being there.
"""

import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from contracts import golden as events
from contracts.compatibility import Change, Schema, changes
from contracts.registry import EVENTS
from contracts.services import MESSAGING, POST, SERVICES
from contracts.topics import DEAD_LETTERS, POST_ORDERS, TOPICS, Topic
from deploy.asyncapi.document import Document, document_of

FOLDER: Final = Path(__file__).parents[2] / "contracts" / "asyncapi"
REFERENCE: Final = "#/components/schemas/"


def current() -> dict[str, Document]:
    """What the code says; nothing connects."""
    schemas = _schemas()
    return {
        owner: document_of(owner, publishes=published_by(owner), reads=read_by(owner), schemas=schemas)
        for owner in (*SERVICES, POST)
    }


def published_by(owner: str) -> tuple[Topic, ...]:
    return tuple(topic for topic in (*TOPICS, *DEAD_LETTERS) if topic.owner == owner)


def read_by(owner: str) -> tuple[Topic, ...]:
    """Of others; a service reads its own too where it keeps a copy like everybody."""
    if owner == POST:
        return (POST_ORDERS,)
    read: tuple[Topic, ...] = import_module(f"services.{owner}.main").SERVICE.table.reads
    return tuple(topic for topic in read if topic.owner != owner)


def _schemas() -> dict[str, dict[str, Schema]]:
    """By topic and type."""
    by_topic: dict[str, dict[str, Schema]] = {}
    for kind, schema in events.current().items():
        cls = EVENTS[kind]
        topics = DEAD_LETTERS if cls.TOPIC.owner == MESSAGING else (cls.TOPIC,)
        for topic in topics:
            by_topic.setdefault(topic.base, {})[kind] = schema
    return by_topic


def golden() -> dict[str, Document]:
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}


def write(documents: dict[str, Document]) -> None:
    FOLDER.mkdir(exist_ok=True)
    for owner, document in documents.items():
        text = json.dumps(document, indent=1, ensure_ascii=False, sort_keys=True)
        (FOLDER / f"{owner}.json").write_text(f"{text}\n", encoding="utf-8")


def compare(old: Document, new: Document, name: str) -> Iterator[Change]:
    """What a reader of this owner's topics could notice. That it reads another's topic no more breaks nobody."""
    for base in sent(old):
        if base not in sent(new):
            yield Change(f"{name} {base}", "no longer published")
        else:
            yield from _compare_channel(old, new, base, f"{name} {base}")


def sent(document: Document) -> list[str]:
    """The channels that it publishes on."""
    operations = document["operations"].values()
    return [operation["channel"]["$ref"].rpartition("/")[2] for operation in operations if operation["action"] == "send"]


def _compare_channel(old: Document, new: Document, base: str, path: str) -> Iterator[Change]:
    before, after = old["channels"][base], new["channels"][base]
    for part in ("address", "parameters"):
        if before.get(part) != after.get(part):
            yield Change(f"{path} {part}", f"changed from {before.get(part)} to {after.get(part)}")
    for kind in before["messages"]:
        if kind not in after["messages"]:
            yield Change(f"{path} {kind}", "removed")
        else:
            for part in ("payload", "headers"):
                yield from changes(schema_of(old, kind, part), schema_of(new, kind, part), f"{path} {kind} {part}")


def schema_of(document: Document, kind: str, part: str) -> Schema:
    """A message's schema with what its traits say, its references resolvable."""
    components = document["components"]
    message: dict[str, Any] = components["messages"][kind]
    schema: Schema = message[part]
    if part == "headers":
        traits = [components["messageTraits"][trait["$ref"].rpartition("/")[2]]["headers"] for trait in message["traits"]]
        schema = {"allOf": [schema, *traits]}
    resolvable: Schema = json.loads(json.dumps({**schema, "$defs": components["schemas"]}).replace(REFERENCE, "#/$defs/"))
    return resolvable
