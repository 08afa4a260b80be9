"""One word, one meaning: the words that the house has retired do not come back. Their list: retired_words.toml."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.support.source import ROOT, nodes_of, text_of

LIST = Path(__file__).with_name("retired_words.toml")
FROZEN = re.compile(r"/migrations/|^docs/decisions/|^CHANGELOG|^tests/architecture/(retired_words|test_words)|/schema_changes")
"""What has been released or decided keeps its words."""
PROSE = (".py", ".md", ".html", ".toml")


@dataclass(frozen=True)
class Word:
    pattern: str
    where: tuple[str, ...]
    instead: str
    why: str


WORDS = [
    Word(entry["pattern"], tuple(entry["where"]), entry["instead"], entry["why"])
    for entry in tomllib.loads(LIST.read_text(encoding="utf-8"))["word"]
]


@cache
def tracked() -> tuple[str, ...]:
    """All files of the project, those about to be added too."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return tuple(name for name in names if name and not FROZEN.search(name) and (ROOT / name).is_file())


@cache
def names_given(file: Path) -> tuple[tuple[int, str, bool], ...]:
    """What the code gives a name to, each with its line and whether it is a variable (a parameter or an attribute too)."""
    names: list[tuple[int, str, bool]] = []
    for node in nodes_of(file):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names.append((node.lineno, node.name, False))
            case ast.arg():
                names.append((node.lineno, node.arg, True))
            case ast.Name(ctx=ast.Store()):
                names.append((node.lineno, node.id, True))
            case ast.Attribute(ctx=ast.Store()):
                names.append((node.lineno, node.attr, True))
    return tuple(names)


def offences(word: Word, name: str, file: Path) -> Iterator[str]:
    """Where a file uses the word; `name` is its path from the root."""
    whole, within = re.compile(rf"_*({word.pattern})"), re.compile(word.pattern)
    if (
        "module" in word.where
        and name.endswith(".py")
        and any(whole.fullmatch(part) for part in Path(name).with_suffix("").parts)
    ):
        yield name
    if {"name", "variable"} & set(word.where) and name.endswith(".py"):
        given = ((line, given) for line, given, variable in names_given(file) if variable or "name" in word.where)
        yield from (f"{name}:{line} {identifier}" for line, identifier in given if whole.fullmatch(identifier))
    if "text" in word.where:
        yield from (f"{name}:{line}" for line, content in enumerate(text_of(file).splitlines(), 1) if within.search(content))


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.pattern[:40])
def test_a_retired_word_stays_retired(word: Word) -> None:
    used = [where for name in tracked() if name.endswith(PROSE) for where in offences(word, name, ROOT / name)]
    assert not used, f"say {word.instead}: {word.why}\n  " + "\n  ".join(used[:60])


@pytest.mark.parametrize(
    ("where", "name", "text"),
    [
        ("module", "services/x/kept_word.py", ""),
        ("module", "services/kept_word/a.py", ""),
        ("name", "a.py", "def f(kept_word): ..."),
        ("name", "a.py", "kept_word = 1"),
        ("name", "a.py", "class kept_word: ..."),
        ("name", "a.py", "self.kept_word = 1"),
        ("variable", "a.py", "for kept_word in (): ..."),
        ("variable", "a.py", "lambda kept_word: 1"),
        ("text", "a.md", "the\nkept_word of prose"),
    ],
)
def test_the_lint_sees_a_word_wherever_it_stands(where: str, name: str, text: str, tmp_path: Path) -> None:
    file = tmp_path / Path(name).name
    file.write_text(text, encoding="utf-8")
    assert list(offences(Word("kept_word", (where,), "", ""), name, file))
    assert not list(offences(Word("other", (where,), "", ""), name, file))
