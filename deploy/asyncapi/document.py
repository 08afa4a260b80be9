"""An AsyncAPI 3 document of one owner: the topics that it publishes on and reads, with their messages as they are on the wire.

Pure: topics and golden schemas in, a document out. The schemas are those of `contracts/schemas/`, their parts under
`components`; a part that two events give the same name and another shape is an error.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from contracts.compatibility import Schema
from contracts.topics import Kind, Topic
from contracts.values import Lane

Document = dict[str, Any]
VERSION: Final = "1.0.0"
"""Of the form of the document; events carry their own version in their type."""

_TRAIT: Final = "envelope"
_READING: Final = """\
Events are CloudEvents 1.0 in Kafka's binary mode: the attributes are headers `ce_*`, the value is the data as JSON in UTF-8.

- Read committed records only (`isolation.level=read_committed`). The same record may come again, also after others: keep the \
highest `ce_sequence` of each `ce_source` and `ce_subject`, and pass over what is not above it.
- On a topic of facts `ce_sequence` numbers the facts of one publisher about one subject 1, 2, 3 ... They stand in this order in \
one partition, because the subject is the key. A number that is left out means that something is missing: wait for it.
- On a topic of state it is the version of the subject: the highest holds, and versions may be left out. A record without a \
value says that the subject is to be forgotten.
- Fields that you do not know are to be passed over, and so are types that you have no use for: both may be added at any time. \
A field that is optional may be missing or null. Inside a version nothing else changes.
"""


def document_of(
    owner: str, *, publishes: Iterable[Topic], reads: Iterable[Topic], schemas: dict[str, dict[str, Schema]]
) -> Document:
    """`schemas`: base of a topic -> type -> golden schema."""
    sent, received = tuple(publishes), tuple(reads)
    types = {kind: schema for topic in (*sent, *received) for kind, schema in schemas[topic.base].items()}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": f"Một Cửa: {owner}", "version": VERSION, "description": _READING},
        "defaultContentType": "application/json",
        "channels": {topic.base: _channel(topic, schemas[topic.base]) for topic in (*sent, *received)},
        "operations": {
            **{f"publish {topic.base}": _operation("send", topic) for topic in sent},
            **{f"read {topic.base}": _operation("receive", topic) for topic in received},
        },
        "components": {
            "messages": {kind: _message(kind, schema) for kind, schema in types.items()},
            "messageTraits": {_TRAIT: _envelope()},
            "schemas": _parts(types),
        },
    }


def _channel(topic: Topic, types: Iterable[str]) -> Document:
    lanes: Document = {}
    if topic.laned:
        described = "The tier of the unit at whose door the dossier came in; it keeps its lane for life."
        lanes = {"parameters": {"lane": {"enum": [lane.value for lane in Lane], "description": described}}}
    return {
        "address": f"{topic.base}.{{lane}}" if topic.laned else topic.base,
        "description": f"A topic of {topic.kind}, owned by {topic.owner}. The Kafka key is the {topic.key}.",
        **lanes,
        "messages": {kind: {"$ref": f"#/components/messages/{kind}"} for kind in types},
        "bindings": {"kafka": {"topicConfiguration": _configuration(topic), "bindingVersion": "0.5.0"}},
    }


def _configuration(topic: Topic) -> Document:
    """Of the settings those that a reader has to know: for how long something can be read."""
    if topic.kind is Kind.STATE:
        return {"cleanup.policy": ["compact"], "delete.retention.ms": int(topic.config()["delete.retention.ms"])}
    return {"cleanup.policy": ["delete"], "retention.ms": topic.retention_ms}


def _operation(action: str, topic: Topic) -> Document:
    return {"action": action, "channel": {"$ref": f"#/channels/{topic.base}"}}


def _message(kind: str, schema: Schema) -> Document:
    return {
        "name": kind,
        "title": schema["title"],
        "contentType": "application/json",
        "traits": [{"$ref": f"#/components/messageTraits/{_TRAIT}"}],
        "payload": {"$ref": f"#/components/schemas/{kind}"},
        "bindings": {"kafka": {"key": {"type": "string"}, "bindingVersion": "0.5.0"}},
        "headers": {"type": "object", "properties": {"ce_type": {"type": "string", "const": kind}}},
    }


def _envelope() -> Document:
    """What `contracts.envelope` writes; correlation and causation are left out where there is none."""
    described = {
        "ce_specversion": "1.0",
        "content-type": "application/json",
        "ce_id": "the event's own id",
        "ce_source": "who published it",
        "ce_type": "which message it is",
        "ce_subject": "what it is about: the aggregate's or entity's id",
        "ce_time": "when it was decided, RFC 3339 with its zone",
        "ce_sequence": "twenty digits with leading zeros; see above",
        "ce_correlationid": "the request that all of it began with",
        "ce_causationid": "the event that led to this one",
    }
    optional = ("ce_correlationid", "ce_causationid")
    return {
        "headers": {
            "type": "object",
            "properties": {name: {"type": "string", "description": text} for name, text in described.items()},
            "required": [name for name in described if name not in optional],
        },
        "correlationId": {"location": "$message.header#/ce_correlationid"},
    }


def _parts(types: dict[str, Schema]) -> dict[str, Schema]:
    parts: dict[str, Schema] = {}
    for name, part in _named(types):
        if parts.setdefault(name, part) != part:
            raise ValueError(f"two events give the name {name} to two shapes: rename one of the classes")
    return dict(sorted(parts.items()))


def _named(types: dict[str, Schema]) -> Iterator[tuple[str, Schema]]:
    for kind, schema in types.items():
        whole: Schema = json.loads(json.dumps(schema).replace("#/$defs/", "#/components/schemas/"))
        yield from whole.pop("$defs", {}).items()
        yield kind, whole
