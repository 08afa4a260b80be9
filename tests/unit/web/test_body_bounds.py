"""What no request of ours needs is told from the bytes of a body, before a parser or a database sees it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.refusal import Refusal
from tests.support.web_world import browse, sample_app
from web.body_bounds import BodyBounds, TooComplex, check_form, check_json

BOUNDS = BodyBounds(depth=3, values=5, keys=2, fields=3)
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=cut"
KEY = {"Idempotency-Key": "key-00000001"}


def refused(body: bytes, bounds: BodyBounds = BOUNDS) -> str | None:
    try:
        check_json(body, bounds)
    except Refusal as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[[[1]]]", None),
        (b"[[[[1]]]]", "too-complex"),
        (b'{"a":{"b":[1]}}', None),
        (b'{"a":[{"b":[1]}]}', "too-complex"),
        (b"[1,2,3,4]", None),
        (b"[1,2,3,4,5]", "too-complex"),
        (b"]]]]]", None),
        (b"]]]]]]", "too-complex"),
        (b'{"a":1,"b":2}', None),
        (b'{"a":1,"b":2,"c":3}', "too-complex"),
        (rb'["[[[[,,,,,,::::\"[[[[,,,,", "\\"]', None),
        (rb'["\\",[[[[1]]]]]', "too-complex"),
        (b'"[[[[[[[[', None),
        (b'"\\', None),
        ('["a"]'.encode("utf-16"), "not-json"),
        ('["a"]'.encode("utf-32"), "not-json"),
        (b"", None),
    ],
)
def test_depth_values_and_keys_are_told_from_the_bytes(body: bytes, code: str | None) -> None:
    assert refused(body) == code


def depth(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth, inner), default=0)


def keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(keys, value.values()))
    return sum(map(keys, value)) if isinstance(value, list) else 0


JSON_VALUES = st.recursive(
    st.none() | st.integers() | st.text('"\\[{,:]}a'),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('"\\[{,:]}a'), inner, max_size=4),
    max_leaves=12,
)


@given(JSON_VALUES)
def test_what_is_told_is_what_the_parser_would_make(value: Any) -> None:
    body = json.dumps(value).encode()
    just = BodyBounds(depth=depth(value), keys=keys(value))
    assert refused(body, just) is None
    if depth(value):
        assert refused(body, BodyBounds(depth=depth(value) - 1)) == "too-complex"
    if keys(value):
        assert refused(body, BodyBounds(keys=keys(value) - 1)) == "too-complex"


def test_fields_of_a_form_are_counted_before_they_are_parsed() -> None:
    check_form(b"a=1&b=2&c=3&d=4", URLENCODED, BOUNDS)
    with pytest.raises(TooComplex):
        check_form(b"a=1&b=2&c=3&d=4&e=5", URLENCODED, BOUNDS)
    part = b'--cut\r\nContent-Disposition: form-data; name="a"\r\n\r\n1&2&3&4&5&6\r\n'
    check_form(part * 2 + b"--cut--\r\n", MULTIPART, BOUNDS)
    with pytest.raises(TooComplex):
        check_form(part * 3 + b"--cut--\r\n", MULTIPART, BOUNDS)


@pytest.mark.parametrize(
    "body",
    [
        b'{"name": "ab", "extra": ' + b"[" * 20 + b"]" * 20 + b"}",
        b"[" * 60_000,
        b'{"name": "ab", "papers": [' + b",".join([b"0"] * 3000) + b"]}",
        b'{"name": "ab",' + b",".join(b'"k%d":0' % number for number in range(3000)) + b"}",
    ],
    ids=["nested", "opened", "many", "unknown keys"],
)
async def test_a_route_never_sees_what_is_too_complex(body: bytes) -> None:
    async with browse(sample_app(body_limit=1_000_000)) as client:
        answer = await client.post("/api/sample/submissions", content=body, headers=KEY | {"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (422, "too-complex")
        fields = {f"f{number}": "x" for number in range(600)}
        for path, given in (
            ("/sample/forms", {"data": fields}),
            ("/sample/declared-form", {"files": dict.fromkeys(fields, b"")}),
        ):
            answer = await client.post(path, **given)
            assert (answer.status_code, answer.json()["code"]) == (422, "too-complex"), path


async def test_more_than_any_page_asks_for_in_an_address_is_refused() -> None:
    async with browse(sample_app()) as client:
        for query in ("&".join(["a"] * 200), "a" * 9000):
            answer = await client.get(f"/api/sample/things/a?{query}")
            assert (answer.status_code, answer.json()["code"]) == (414, "query-too-long")
        assert (await client.get("/api/sample/things/a?" + "&".join(["a=1"] * 100))).status_code == 200
