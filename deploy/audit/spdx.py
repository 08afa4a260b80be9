"""The many ways of writing a licence, as SPDX has it. What is not known here stays unknown, and an answer is asked for."""

import re
from collections.abc import Iterable
from email.message import Message
from typing import Any, Final

from license_expression import ExpressionError, get_spdx_licensing

_SPDX: Final = get_spdx_licensing()
_WORDS: Final = (
    ("Apache-2.0", re.compile(r"apache(\.org)?[^a-z]*(licen[cs]e|software|2)", re.IGNORECASE)),
    ("MIT", re.compile(r"\bmit\b", re.IGNORECASE)),
    ("BSD-3-Clause", re.compile(r"bsd-3|3-clause", re.IGNORECASE)),
    ("BSD-2-Clause", re.compile(r"bsd[- ]2|2-clause", re.IGNORECASE)),
    ("MPL-2.0", re.compile(r"mozilla public license 2|mpl-2", re.IGNORECASE)),
    ("ISC", re.compile(r"\bisc\b", re.IGNORECASE)),
    ("PSF-2.0", re.compile(r"python software foundation|\bpsf", re.IGNORECASE)),
)


def from_metadata(metadata: Any) -> str | None:
    """Of a wheel: its expression, else what its words and classifiers agree on."""
    if expression := metadata.get("License-Expression"):
        return str(expression)
    message: Message = metadata
    classifiers = [text.split(" :: ")[-1] for text in message.get_all("Classifier") or () if text.startswith("License")]
    words = str(metadata.get("License") or "").splitlines()[:1]
    return from_words([*words, *classifiers])


def from_words(texts: Iterable[str]) -> str | None:
    """One licence or several joined by OR; None when no text names one that we know."""
    names: list[str] = []
    for text in texts:
        name = _exact(text) or next((spdx for spdx, pattern in _WORDS if pattern.search(text)), None)
        if name is not None and name not in names:
            names.append(name)
    return " OR ".join(names) or None


def licences_of(expression: str) -> list[list[str]]:
    """The ways in which we may take it: of each, the licences that bind together.

    Raises:
        ExpressionError: not an SPDX expression.
    """
    parsed = _SPDX.dnf(_SPDX.parse(expression, validate=True))
    ways = parsed.args if isinstance(parsed, _SPDX.OR) else (parsed,)
    return [sorted(part.render() for part in (way.args if isinstance(way, _SPDX.AND) else (way,))) for way in ways]


def _exact(text: str) -> str | None:
    try:
        parsed = _SPDX.parse(text.strip().strip('"').split('"')[0], validate=True)
    except ExpressionError:
        return None
    return None if parsed is None else str(parsed)
