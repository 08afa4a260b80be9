"""Every text that a page asks for by name is there: a missing one is found here, and not by whoever opens the page."""

import re
from pathlib import Path

import pytest

from contracts.services import SERVICES
from web.languages import Texts

ROOT = Path(__file__).parents[2] / "services"
ASKED = re.compile(r"""\bt\(\s*["']([a-z_.-]+)["']\s*[,)]""")
PAGES = [path for service in SERVICES for path in sorted((ROOT / service / "templates").glob("*.html"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_a_page_asks_for_texts_that_are_there(page: Path) -> None:
    folder = page.parents[1] / "texts"
    texts = Texts.load([folder])
    asked = sorted(set(ASKED.findall(page.read_text(encoding="utf-8"))))
    assert [key for key in asked if not texts.has(key)] == [], f"add it to vi.toml and en.toml in {folder}"


FIELD = re.compile(r"""\bc\.(?:field|textarea)\([^()]*?["']([a-z_]+)["']((?:[^()]|\([^()]*\))*)\)""")


@pytest.mark.parametrize("page", PAGES, ids=lambda path: f"{path.parts[-3]}/{path.name}")
def test_a_field_of_a_form_has_its_label(page: Path) -> None:
    folder = page.parents[1] / "texts"
    texts = Texts.load([folder])
    fields = {name for name, more in FIELD.findall(page.read_text(encoding="utf-8")) if "label=" not in more}
    assert [name for name in sorted(fields) if not texts.has(f"label.{name}")] == [], f"add label.<name> in {folder}"
