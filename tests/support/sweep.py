"""A sweep: schemathesis asks every route of a service's OpenAPI document, with what fits the document and what does not.

It is a command of its own, because its command knows phases (each keyword at its borders, drawn examples, chains of routes)
that its plug-in for pytest does not.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

COMMAND: Final = Path(sys.executable).parent / "st"
HERE: Final = Path(__file__).parent
SECONDS: Final = 3000
METHODS: Final = frozenset({"get", "post", "put", "patch", "delete"})


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """`examples`: how many are drawn for a route; `known`: ids that exist, by the name of the path's parameter."""

    address: str
    document: dict[str, Any]
    folder: Path
    tokens: Mapping[str, str]
    known: Mapping[str, str]
    examples: int
    phases: str = "examples,coverage,fuzzing,stateful"

    def run(self, *, fixed: bool) -> "subprocess.CompletedProcess[str]":
        """The finished command: 0 means that nothing was found, 1 that its output says what was. `fixed`: the same examples."""
        written = self.folder / "openapi.json"
        written.write_text(json.dumps(with_examples(self.document, self.known)), encoding="utf-8")
        tokens = self.folder / "tokens.json"
        tokens.write_text(json.dumps(dict(self.tokens)), encoding="utf-8")
        environment = os.environ | {"SCHEMATHESIS_HOOKS": str(HERE / "sweep_hooks.py"), "MOTCUA_SWEEP_TOKENS": str(tokens)}
        return subprocess.run(
            [*self._command(written), *(["--generation-deterministic"] if fixed else [])],
            cwd=self.folder,
            env=environment | {"PYTHONPATH": str(HERE)},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def _command(self, document: Path) -> list[str]:
        config = ["--config-file", str(HERE / "sweep.toml"), "--no-color"]
        bounds = ["--max-examples", str(self.examples), "--phases", self.phases, "--request-timeout", "60"]
        output = ["--continue-on-failure", "--no-shrink", "--warnings", "off"]
        return [str(COMMAND), *config, "run", str(document), "--url", self.address, "--checks", "all", *bounds, *output]


def operations(document: dict[str, Any]) -> list[str]:
    """`GET /path` of each."""
    return [f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item if method in METHODS]


def with_examples(document: dict[str, Any], known: Mapping[str, str]) -> dict[str, Any]:
    """Parameters of paths get the id of something that exists as their example, so that routes are asked about that too."""
    for item in document["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path" and parameter["name"] in known:
                    parameter["example"] = known[parameter["name"]]
    return document
