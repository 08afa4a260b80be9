"""Tests that need no server. There are thousands, so what all of them would make anew is made once."""

from collections.abc import Iterator
from functools import partial

import pytest
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket

import services.notify.adapters.letters
import web.pages


class CompiledOnce(BytecodeCache):
    """Templates as compiled by whichever test came first; one that has changed since is compiled anew."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def templates_compiled_once() -> Iterator[None]:
    compiled = partial(Environment, bytecode_cache=CompiledOnce())
    with pytest.MonkeyPatch.context() as patch:
        for module in (web.pages, services.notify.adapters.letters):
            patch.setattr(module, "Environment", compiled)
        yield
