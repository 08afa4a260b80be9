"""The project's own code as tests look at it: each file read and parsed once, however many of them ask."""

import ast
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("contracts", "worktime", "messaging", "web", "chassis", "services", "cli", "deploy", "bench")
MODULES: Final = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts)


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Of its syntax tree, the tree itself first."""
    return tuple(ast.walk(ast.parse(text_of(path))))
