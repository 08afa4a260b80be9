"""What pydantic found, as a person reads it: which field, what is wrong, what to do, in both languages. Never echoes the input.

A custom validator's ValueError speaks for itself: its text is `vi / en` (as in contracts.values), or it carries a Refusal.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, Final

from contracts.refusal import Refusal
from web.languages import Bilingual, Texts, bilingual
from web.problems import FieldProblem

MOST_PROBLEMS: Final = 50
"""A thousand mistakes get a short answer: whoever mends fifty asks again."""
_SHOWN_PATH: Final = 60
_SOURCES: Final = frozenset({"body", "query", "path", "header", "cookie", "form"})

# pydantic's error types -> the layout's `invalid.*` texts. What is not here says "this value is not right".
_TEXTS: Final[Mapping[str, str]] = {
    "missing": "missing",
    "string_type": "text",
    "string_too_short": "too-short",
    "string_too_long": "too-long",
    "string_pattern_mismatch": "pattern",
    "int_type": "whole-number",
    "int_parsing": "whole-number",
    "int_from_float": "whole-number",
    "int_parsing_size": "number-size",
    "float_type": "number",
    "float_parsing": "number",
    "finite_number": "number",
    "decimal_type": "number",
    "decimal_parsing": "number",
    "greater_than": "more-than",
    "greater_than_equal": "at-least",
    "less_than": "less-than",
    "less_than_equal": "at-most",
    "bool_type": "yes-no",
    "bool_parsing": "yes-no",
    "enum": "choice",
    "literal_error": "choice",
    "date_type": "date",
    "date_parsing": "date",
    "date_from_datetime_parsing": "date",
    "date_from_datetime_inexact": "date",
    "datetime_type": "moment",
    "datetime_parsing": "moment",
    "datetime_from_date_parsing": "moment",
    "datetime_object_invalid": "moment",
    "timezone_aware": "time-zone",
    "list_type": "list",
    "too_short": "too-few",
    "too_long": "too-many",
    "dict_type": "object",
    "model_type": "object",
    "model_attributes_type": "object",
    "extra_forbidden": "unknown-field",
    "nul": "nul",
    "surrogate": "surrogate",
    "number_size": "number-size",
}


def field_problems(mistakes: Iterable[Mapping[str, Any]], texts: Texts, *, on_page: bool = False) -> list[FieldProblem]:
    """`mistakes` as pydantic's `errors()` lists them, the first fifty; `on_page`: in people's words, without a technical name."""
    return [_field_problem(mistake, texts, on_page=on_page) for mistake in islice(mistakes, MOST_PROBLEMS)]


def _field_problem(mistake: Mapping[str, Any], texts: Texts, *, on_page: bool) -> FieldProblem:
    field = field_path(mistake["loc"])
    return FieldProblem(field=field, **(_validators_words(mistake) or _our_words(mistake, field, texts, on_page=on_page)))


def _our_words(mistake: Mapping[str, Any], field: str, texts: Texts, *, on_page: bool) -> Bilingual:
    kind = _TEXTS.get(mistake["type"], "other")
    key = f"on_page.invalid-{kind}" if on_page and texts.has(f"on_page.invalid-{kind}") else f"invalid.{kind}"
    named = not on_page or texts.has(f"label.{field}")
    values = {**_ANY_LIMIT, **(mistake.get("ctx") or {})}

    def say(language: str) -> str:
        label = texts.label(language, field) if named else texts.text(language, "on_page.this_value")
        return texts.text(language, key, label=label, **values)

    return bilingual(say)


_ANY_LIMIT: Final = dict.fromkeys(("min_length", "max_length", "gt", "ge", "lt", "le"), "?")


def _validators_words(mistake: Mapping[str, Any]) -> Bilingual | None:
    error = (mistake.get("ctx") or {}).get("error")
    if isinstance(error, Refusal):
        return Bilingual(vi=error.vi, en=error.en)
    if isinstance(error, ValueError) and " / " in str(error):
        vi, _, en = str(error).partition(" / ")
        return Bilingual(vi=vi, en=en)
    return None


def field_path(loc: Sequence[int | str]) -> str:
    """`("body", "papers", 0, "code")` is `papers.0.code`; keys are the caller's, so what cannot be printed is left out."""
    parts = [str(part) for part in (loc[1:] if len(loc) > 1 and loc[0] in _SOURCES else loc)]
    return "".join(c if c.isprintable() else "?" for c in ".".join(parts))[:_SHOWN_PATH]
