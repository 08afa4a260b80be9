"""Vietnamese first, English on request: one catalogue file per language and folder, and no key in one that is not in the other.

A service lays its own `texts/vi.toml` and `texts/en.toml` beside the layout's. A key in two folders, in one language only, or
with other placeholders in the other language stops the service at its start instead of showing a hole to a citizen.
"""

import string
import tomllib
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Self, TypedDict, cast

from starlette.requests import Request

from contracts.values import LANGUAGES, Language

# Spoken to whoever did not choose.
DEFAULT: Final = LANGUAGES[0]
COOKIE: Final = "motcua_lang"
_LAYOUT: Final = Path(__file__).parent / "texts"


def chosen_language(request: Request) -> Language:
    """`?lang=`, else the cookie it left, else Vietnamese. Accept-Language is not asked: staff's browsers often speak English."""
    for chosen in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        for language in LANGUAGES:
            if chosen == language:
                return language
    return DEFAULT


class Bilingual(TypedDict):
    """One sentence by language, as a Refusal and a Problem take it: `**texts.in_each(key)`."""

    vi: str
    en: str


class Texts:
    def __init__(self, catalogues: Mapping[str, Mapping[str, str]]) -> None:
        self._catalogues = catalogues

    @classmethod
    def load(cls, folders: Iterable[Path] = ()) -> Self:
        """The layout's texts and those of `folders`; raises ValueError naming what does not agree."""
        catalogues: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
        for folder in (_LAYOUT, *folders):
            for language, catalogue in catalogues.items():
                _add(catalogue, folder / f"{language}.toml")
        _agree(catalogues)
        return cls(catalogues)

    def text(self, language: str, key: str, **values: object) -> str:
        try:
            sentence = self._catalogues[language][key]
        except KeyError:
            raise LookupError(f"no text {key}: add it to texts/vi.toml and texts/en.toml of the service") from None
        return sentence.format_map(values)

    def in_each(self, key: str, **values: object) -> Bilingual:
        return bilingual(lambda language: self.text(language, key, **values))

    def has(self, key: str) -> bool:
        return key in self._catalogues[DEFAULT]

    def label(self, language: str, field: str) -> str:
        """What the form calls a field (`label.<field>`); a field without a label keeps its technical name."""
        key = f"label.{field}"
        return self.text(language, key) if self.has(key) else field


def bilingual(say: Callable[[str], str]) -> Bilingual:
    """What `say` says in each language."""
    return cast("Bilingual", {language: say(language) for language in LANGUAGES})


@lru_cache(maxsize=1)
def layout_texts() -> Texts:
    """The texts that every service has: navigation, refusals, what is wrong with a field."""
    return Texts.load()


def for_people(code: str, *, vi: str, en: str) -> Bilingual:
    """The sentence of a refusal as a page says it: `on_page.<code>` instead of one that names what only programs see."""
    key = f"on_page.{code}"
    return layout_texts().in_each(key) if layout_texts().has(key) else Bilingual(vi=vi, en=en)


def _add(catalogue: dict[str, str], file: Path) -> None:
    texts = _texts_of(file)
    twice = sorted(catalogue.keys() & texts.keys())
    if twice:
        raise ValueError(f"{file}: already said elsewhere: {', '.join(twice)}")
    catalogue.update(texts)


@lru_cache(maxsize=32)
def _texts_of(file: Path) -> Mapping[str, str]:
    """Read once: every service has the same layout."""
    return dict(_flat(tomllib.loads(file.read_text(encoding="utf-8"))))


def _flat(table: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", str(value)


def _agree(catalogues: Mapping[str, Mapping[str, str]]) -> None:
    first, second = (catalogues[language] for language in LANGUAGES)
    alone = sorted(first.keys() ^ second.keys())
    if alone:
        raise ValueError(f"texts in one language only: {', '.join(alone)}")
    apart = sorted(key for key in first if _placeholders(first[key]) != _placeholders(second[key]))
    if apart:
        raise ValueError(f"texts whose placeholders differ between languages: {', '.join(apart)}")


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
