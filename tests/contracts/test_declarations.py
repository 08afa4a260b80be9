"""What is declared once is all there is: services, owners of events, lanes, statuses and languages, compared with the tree."""

import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from contracts import golden
from contracts.registry import EVENTS
from contracts.services import OWNERS, SERVICES
from contracts.topics import DEAD_LETTER, DEAD_LETTERS, TOPICS, dead_letter_topic
from contracts.values import LANGUAGES, Lane, PortalStatus, Tier

ROOT = Path(__file__).parents[2]
CONTRACTS = sorted(path.stem for path in (ROOT / "contracts").glob("*.py") if path.stem != "__init__")
RULES = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
TEXTS = sorted(path for room in ("web", "services") for path in (ROOT / room).rglob("texts") if path.is_dir())


def test_each_folder_with_a_process_is_a_declared_service() -> None:
    assert {path.parent.name for path in (ROOT / "services").glob("*/main.py")} == set(SERVICES)


def test_the_import_rules_name_every_service() -> None:
    independent = next(rule["modules"] for rule in RULES if rule["type"] == "independence")
    layered = next(rule["containers"] for rule in RULES if "containers" in rule)
    expected = sorted(f"services.{service}" for service in SERVICES)
    assert sorted(independent) == sorted(layered) == expected, "name it in the import rules of pyproject.toml"
    pure = {module for rule in RULES if rule["type"] == "forbidden" for module in rule["source_modules"]}
    assert {f"{service}.domain" for service in expected} <= pure, "name its domain in the import rules of pyproject.toml"


def test_whoever_declares_events_owns_a_topic_and_the_other_way_round() -> None:
    for name in CONTRACTS:
        import_module(f"contracts.{name}")
    declaring = {cls.__module__.rpartition(".")[2] for cls in EVENTS.values() if cls.__module__.startswith("contracts.")}
    assert declaring == set(golden.OWNERS) == {topic.owner for topic in (*TOPICS, DEAD_LETTER)}
    assert declaring <= set(OWNERS)


@pytest.mark.parametrize("name", sorted(golden.current()))
def test_an_event_stands_in_its_owner_s_file_and_on_its_owner_s_topic(name: str) -> None:
    cls = EVENTS[name]
    assert name.split(".")[2] == cls.__module__.rpartition(".")[2] == cls.TOPIC.owner


def test_each_service_has_a_dead_letter_topic_and_the_pattern_is_none() -> None:
    assert [(topic.base, topic.owner) for topic in DEAD_LETTERS] == [(f"{name}.dead-letters", name) for name in SERVICES]
    assert DEAD_LETTERS[0] == dead_letter_topic(SERVICES[0])
    assert DEAD_LETTER not in (*TOPICS, *DEAD_LETTERS)


def test_every_tier_has_a_lane_and_every_lane_a_tier() -> None:
    assert {tier.lane for tier in Tier} == set(Lane)


@pytest.mark.parametrize("folder", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_texts_exist_in_each_language_and_in_no_other(folder: Path) -> None:
    assert sorted(path.stem for path in folder.glob("*.toml")) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_status_has_its_name(language: str) -> None:
    catalogues = [tomllib.loads((folder / f"{language}.toml").read_text("utf-8")) for folder in TEXTS]
    (named,) = (names for catalogue in catalogues if (names := catalogue.get("status", {})))
    assert set(named) == {str(status.value) for status in PortalStatus}
