"""From a message's content to the letter: text first, and a plain HTML alternative with the very same words.

A template is `<name>.<language>.txt` and sets its subject itself. Its name carries its version: a changed text is a new file,
so that what was sent can be shown as it was.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, select_autoescape

from web import formats

FOLDER: Final = Path(__file__).parents[1] / "templates" / "mail"
WRITE_FAULTS: Final = (TemplateError, KeyError, ValueError)
"""What `write` raises when template and content do not fit: that letter fails, and no other."""
_NOT_SHOWN: Final = "····-····-····-····"
_HTML: Final = "letter.v1.html"
_GAPS: Final = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    language: str
    subject: str
    text: str
    html: str
    paragraphs: tuple[tuple[str, list[str]], ...]
    """The text's paragraphs, each with the list under it."""


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,  # what was sent never changes: a changed text is a new file
    )


def _one_line(value: str) -> str:
    """What comes from a fact never breaks a line: neither a header's nor a paragraph's."""
    return " ".join(value.split())


_ENVIRONMENT: Final = _environment()


def write(template: str, language: str, content: Mapping[str, Any], public_url: str, confirmation: str | None = None) -> Letter:
    """The letter in a language; raises one of WRITE_FAULTS. `confirmation`: known while it is sent only."""
    link = f"{public_url.rstrip('/')}/track?code={quote(content['reference'], safe='')}"
    module = _ENVIRONMENT.get_template(f"{template}.{language}.txt").make_module(
        {
            **_flattened(content),
            **_moments(content, language),
            **({"amount": formats.dong(content["amount"], language)} if content.get("amount") else {}),
            "link": link,
            "confirmation": confirmation or _NOT_SHOWN,
            "confirmation_link": f"{public_url.rstrip('/')}/submit/confirm" + (f"#{confirmation}" if confirmation else ""),
        }
    )
    text = _GAPS.sub("\n\n", str(module)).strip() + "\n"
    subject = _one_line(str(module.subject))  # type: ignore[attr-defined]
    paragraphs = tuple(_paragraph(block) for block in text.strip().split("\n\n"))
    html = _ENVIRONMENT.get_template(_HTML).render(language=language, subject=subject, link=link, paragraphs=paragraphs)
    return Letter(language=language, subject=subject, text=text, html=html, paragraphs=paragraphs)


def _flattened(content: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _flat(value) for name, value in content.items()}


def _flat(value: Any) -> Any:
    if isinstance(value, list):
        return [_flat(item) for item in value]
    if isinstance(value, dict):
        return {name: _flat(item) for name, item in value.items()}
    return _one_line(value) if isinstance(value, str) else value


def _moments(content: Mapping[str, Any], language: str) -> dict[str, str | None]:
    moments = {name: content.get(name) for name in ("happened_at", "promised_at", "previous_at", "decided_at", "paused_at")}
    return {name: value and formats.moment(datetime.fromisoformat(value), language) for name, value in moments.items()}


def _paragraph(block: str) -> tuple[str, list[str]]:
    """A paragraph and the list under it: lines that begin with a dash."""
    lines = [line.strip() for line in block.split("\n") if line.strip()]
    items = [line.removeprefix("- ") for line in lines if line.startswith("- ")]
    return " ".join(line for line in lines if not line.startswith("- ")), items
