"""Every way to narrow a JSON Schema at one of its nodes, and the ways that break nobody, to try the compatibility check by.

`narrowed` walks every node of a schema and applies to each whatever applies there. It is written apart from the check that it
tries: what the check does not visit survives here.
"""

from collections.abc import Iterator
from copy import copy
from typing import Any

Schema = dict[str, Any]
Pointer = tuple[str | int, ...]
OTHER_TYPE = {"type": "null"}
UPPER = ("maxLength", "maximum", "exclusiveMaximum", "maxItems")
LOWER = ("minLength", "minimum", "exclusiveMinimum", "minItems")
NEW_BOUNDS: dict[str, Schema] = {
    "string": {"maxLength": 1, "minLength": 1},
    "integer": {"maximum": 1, "minimum": 1, "exclusiveMaximum": 1, "exclusiveMinimum": 1, "multipleOf": 2},
    "array": {"maxItems": 1, "minItems": 1, "uniqueItems": True, "contains": OTHER_TYPE},
    "object": {
        "maxProperties": 1,
        "minProperties": 1,
        "propertyNames": {"maxLength": 1},
        "patternProperties": {"^x": OTHER_TYPE},
    },
}


def pointers(node: Schema, at: Pointer = ()) -> Iterator[Pointer]:
    """Where the nodes of a schema are, itself first."""
    yield at
    for keyword in ("properties", "$defs"):
        for name, inner in node.get(keyword, {}).items():
            yield from pointers(inner, (*at, keyword, name))
    for keyword in ("items", "additionalProperties"):
        if isinstance(node.get(keyword), dict):
            yield from pointers(node[keyword], (*at, keyword))
    for keyword in ("prefixItems", "anyOf"):
        for number, inner in enumerate(node.get(keyword, [])):
            yield from pointers(inner, (*at, keyword, number))


def node_at(schema: Schema, pointer: Pointer) -> Any:
    for step in pointer:
        schema = schema[step]
    return schema


def replaced(schema: Schema, pointer: Pointer, node: Schema) -> Schema:
    """The schema with another node at `pointer`: what leads there is copied, the rest is the same."""
    if not pointer:
        return node
    first, *further = pointer
    changed = copy(schema)
    changed[first] = replaced(schema[first], tuple(further), node)
    return changed


def narrowed(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """What was done and where, and the schema with just that."""
    names = sorted(schema.get("$defs", {}))
    for pointer in pointers(schema):
        node = node_at(schema, pointer)
        has_default = len(pointer) > 1 and pointer[-2] == "properties"
        for label, changed in (
            *_keywords(node, has_default=has_default),
            *_members(node),
            *_fields(node),
            *_references(node, names),
        ):
            yield f"{'/'.join(map(str, pointer))}: {label}", replaced(schema, pointer, changed)
    for name in names:
        definitions = {other: inner for other, inner in schema["$defs"].items() if other != name}
        yield f"definition {name} removed", schema | {"$defs": definitions}


def _without(node: Schema, keyword: str) -> Schema:
    return {other: value for other, value in node.items() if other != keyword}


def _keywords(node: Schema, *, has_default: bool) -> Iterator[tuple[str, Schema]]:
    for keyword in ("type", "format", "pattern", "const"):
        if keyword in node:
            yield f"{keyword} removed", _without(node, keyword)
            yield f"{keyword} changed", node | {keyword: "integer" if node[keyword] == "string" else "string"}
        elif node.get("type") == "string" and keyword != "const":
            yield f"{keyword} added", node | {keyword: "date"}
    yield "an unknown keyword", node | {"not": OTHER_TYPE}
    if "default" in node:
        yield "default removed", _without(node, "default")
        yield "default changed", node | {"default": "another"}
    elif has_default:
        yield "default added", node | {"default": None}


def _bounds(node: Schema) -> Iterator[tuple[str, Schema]]:
    for keyword in (*UPPER, *LOWER):
        if keyword in node:
            yield f"{keyword} narrower", node | {keyword: node[keyword] + (-1 if keyword in UPPER else 1)}
    for keyword, value in NEW_BOUNDS.get(str(node.get("type")), {}).items():
        if keyword not in node:
            yield f"{keyword} added", node | {keyword: value}


def _members(node: Schema) -> Iterator[tuple[str, Schema]]:
    """Members of enums, unions and tuples; what lists and dicts hold."""
    for keyword in ("enum", "anyOf", "prefixItems"):
        for number, member in enumerate(node.get(keyword, [])):
            yield f"{keyword} without {member}", node | {keyword: node[keyword][:number] + node[keyword][number + 1 :]}
        if keyword in node:
            yield f"{keyword} with one more", node | {keyword: [*node[keyword], "another" if keyword == "enum" else OTHER_TYPE]}
            yield f"{keyword} removed", _without(node, keyword)
    for keyword in ("oneOf", "allOf", "enum"):
        if keyword not in node:
            yield f"{keyword} added", node | {keyword: [OTHER_TYPE]}
    inner = {"array": "items", "object": "additionalProperties"}.get(str(node.get("type")))
    if inner is not None:
        yield f"{inner} refused", node | {inner: False}
        yield f"{inner} of another type", node | {inner: OTHER_TYPE}
        if isinstance(node.get(inner), dict):
            yield f"{inner} of any type", node | {inner: True}
            yield f"{inner} removed", _without(node, inner)


def _fields(node: Schema) -> Iterator[tuple[str, Schema]]:
    if node.get("type") != "object":
        return
    properties, required = node.get("properties", {}), node.get("required", [])
    for name in properties:
        others = [other for other in required if other != name]
        yield f"{name} removed", node | {"properties": _without(properties, name), "required": others}
        if name in required:
            yield f"{name} no longer required", node | {"required": others}
        else:
            yield f"{name} newly required", node | {"required": [*required, name]}
    yield "new and required", node | {"properties": properties | {"extra": {}}, "required": [*required, "extra"]}


def _references(node: Schema, names: list[str]) -> Iterator[tuple[str, Schema]]:
    if "$ref" not in node:
        return
    for name in (*names, "Nobody"):
        if node["$ref"] != f"#/$defs/{name}":
            yield f"refers to {name}", node | {"$ref": f"#/$defs/{name}"}
    yield "a text in place of the reference", _without(node, "$ref") | {"type": "string"}
    yield "anything in place of the reference", _without(node, "$ref")


def widened(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """One bound of one node at a time: further out, or gone."""
    for pointer in pointers(schema):
        node = node_at(schema, pointer)
        for keyword in (*UPPER, *LOWER):
            if keyword in node:
                further = node[keyword] + (1 if keyword in UPPER else -1)
                yield f"{pointer}: {keyword}", replaced(schema, pointer, node | {keyword: further})
                yield f"{pointer}: no {keyword}", replaced(schema, pointer, _without(node, keyword))


def harmless(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """What no reader notices, at every node."""
    for pointer in pointers(schema):
        node = node_at(schema, pointer)
        for keyword in ("title", "description", "examples", "deprecated"):
            yield f"{pointer}: {keyword}", replaced(schema, pointer, node | {keyword: "another"})
        if node.get("type") == "object":
            properties = node.get("properties", {}) | {"extra": {"type": "string", "default": None}}
            yield f"{pointer}: an optional field more", replaced(schema, pointer, node | {"properties": properties})
        if "enum" in node:
            yield f"{pointer}: enum in another order", replaced(schema, pointer, node | {"enum": node["enum"][::-1]})
