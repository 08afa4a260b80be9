"""Words of programs, which no page says to a person: names of headers and formats, technical names, ids."""

import re
from typing import Final

PROGRAM_WORDS: Final = re.compile(
    r"Idempotency|If-Match|ETag|OpenAPI|\bAPI\b|\bJSON\b|\bUTF-8\b|Content-Type|application/\w|\bASCII\b|\bNUL\b|Unicode|\bUUID\b"
    r"|\bHTTP\b|\bURL\b|\bSQL\b|\bKafka\b|\bcursor\b|“next”|true, false|\d{4}-\d{2}-\d{2}T\d{2}|\bmotcua (?:import|up|run)\b"
    r"|\bnull\b|\bCSRF\b|\bpayload\b|\bbytes?\b|đối tượng"
)
# A UUID with or without hyphens, as ids of dossiers, messages and requests are.
ID: Final = re.compile(r"\b(?:[a-z]-)?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b")


def program_words_in(text: str) -> list[str]:
    return [match.group() for pattern in (PROGRAM_WORDS, ID) for match in pattern.finditer(text)]


def shown(html: str) -> str:
    """What a person reads of a page."""
    return re.sub(r"<[^>]+>", " ", html.partition("<body")[2])
