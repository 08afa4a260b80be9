"""Whatever a page of notify must name has its name in both languages: a missing one fails here and not in front of a clerk."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import services.notify
from contracts.values import LANGUAGES
from services.notify.domain.contact import SkipReason
from services.notify.domain.message import MessageChannel, Outcome, Verdict, fact_name
from services.notify.domain.notice import TEMPLATES
from services.notify.schemas import OutcomeCounts
from services.notify.tables import UNDER_WAY
from web.languages import Texts

TEXTS = Texts.load([Path(services.notify.__file__).parent / "texts"])


def keys() -> Iterator[str]:
    """As the templates ask for them."""
    yield from (f"notify.fact.{fact_name(fact.TYPE)}" for fact in TEMPLATES)
    yield from (f"notify.outcomes.{outcome}" for outcome in Outcome)
    yield from (f"notify.list_{outcome}" for outcome in Outcome)
    yield from (f"notify.channels.{channel}" for channel in MessageChannel)
    yield from (f"notify.tries.{outcome}".replace(" ", "_") for outcome in (*Verdict, UNDER_WAY))
    yield from (f"notify.skipped.{reason.name.lower()}" for reason in SkipReason)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", list(keys()))
def test_it_has_its_words(key: str, language: str) -> None:
    assert TEXTS.text(language, key).strip()


def test_the_summary_counts_every_outcome() -> None:
    assert list(OutcomeCounts.model_fields) == [outcome.value for outcome in Outcome]
