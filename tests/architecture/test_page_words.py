"""No page speaks as a program: its texts and the sentences of refusals are searched for program words, all of them.

A sentence that programs need so is said in other words on a page: `on_page.<code>` of the layout's texts.
"""

import ast
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from contracts.services import SERVICES
from contracts.values import LANGUAGES
from tests.support.page_words import program_words_in
from tests.support.source import MODULES, ROOT, nodes_of
from web.languages import layout_texts

FOLDERS = [ROOT / "web" / "texts", *(ROOT / "services" / service / "texts" for service in SERVICES)]
SPEAKING = ("contracts", "messaging", "chassis", "web", "services")
CODE = [path for path in MODULES if path.relative_to(ROOT).parts[0] in SPEAKING]
# Said to whoever starts or fills an installation, on a terminal.
NOT_ON_PAGES: Final = ("services/directory/importer/", "services/directory/api/imports.py", "services/intake/adapters/keys.py")
SAID_IN: Final = {"problem": "", "invalid": "invalid-"}


def flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def said_otherwise(key: str) -> bool:
    """A sentence of the layout for which pages have another one."""
    section, _, name = key.partition(".")
    return section in SAID_IN and layout_texts().has(f"on_page.{SAID_IN[section]}{name}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_no_text_of_a_page_has_a_program_word(folder: Path, language: str) -> None:
    texts = flat(tomllib.loads((folder / f"{language}.toml").read_text(encoding="utf-8")))
    spoken = {key: words for key, text in texts if not said_otherwise(key) and (words := program_words_in(text))}
    assert spoken == {}


def sentences_of(file: Path) -> Iterator[tuple[str, str]]:
    """(code, sentence) of every call with the same in both languages; without a code, where it stands."""
    for node in nodes_of(file):
        if isinstance(node, ast.Call):
            code = node.args[0] if node.args else None
            name = code.value if isinstance(code, ast.Constant) and isinstance(code.value, str) else f"line {node.lineno}"
            for keyword in node.keywords:
                if keyword.arg in LANGUAGES:
                    yield name, words_of(keyword.value)


def words_of(expression: ast.expr) -> str:
    """What stands in it as text; what is filled in is left out."""
    return " ".join(part.value for part in ast.walk(expression) if isinstance(part, ast.Constant) and isinstance(part.value, str))


def test_no_refusal_is_said_on_a_page_with_a_program_word() -> None:
    spoken = {}
    for file in CODE:
        where = str(file.relative_to(ROOT))
        for code, sentence in sentences_of(file):
            if not where.startswith(NOT_ON_PAGES) and not layout_texts().has(f"on_page.{code}"):
                spoken |= {f"{where} {code}": words} if (words := program_words_in(sentence)) else {}
    assert spoken == {}, "say it without, or say it otherwise on pages: on_page.<code> in web/texts"


def test_the_sentences_are_found() -> None:
    """Or the test above could not fail."""
    codes = {code for file in CODE for code, _ in sentences_of(file)}
    assert {"key-reused", "unknown-paper", "illegal-step", "reason-missing"} <= codes
    assert program_words_in("Idempotency-Key này đã dùng")
    assert program_words_in("Mã yêu cầu: 58dcad4c-9b61-45a7-9e16-b0d5f87286a7")
    assert program_words_in("Tin báo của hồ sơ d-58dcad4c9b6145a79e16b0d5f87286a7")
