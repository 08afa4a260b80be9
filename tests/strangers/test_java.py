"""A reader in Java, written from intake's AsyncAPI document alone, follows one dossier among others.

Its source is compiled here, by a compiler that is a jar, for the JVM that runs Kafka has none.
"""

import json
from pathlib import Path

import pytest

from deploy.asyncapi import golden
from deploy.local import vendor
from tests.strangers.wire import DOSSIER, EVENTS_OF, LANE, LIFE, Wire, java

SOURCE = Path(__file__).with_name("DossierFollower.java")
DOCUMENT = golden.FOLDER / "intake.json"


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("classes")
    java(
        [vendor.test_jar("ecj")],
        "org.eclipse.jdt.internal.compiler.batch.Main",
        *("-21", "-cp", kafka_jars(), "-d", str(folder), str(SOURCE)),
    )
    return folder


def kafka_jars() -> str:
    return ":".join(map(str, sorted((vendor.folder() / "kafka").glob("*.jar"))))


def follow(classes: Path, wire: Wire, document: Path, dossier: str, *, check: bool = True) -> list[str]:
    arguments = (str(document), wire.bootstrap, LANE, dossier)
    return java([classes, vendor.kafka_classpath()], SOURCE.stem, *arguments, check=check).splitlines()


def test_it_sees_each_fact_once_in_order_and_passes_over_what_it_does_not_know(classes: Path, wire: Wire) -> None:
    facts = {
        number: json.loads(record.value or b"{}")
        for number, kind in enumerate(LIFE, 1)
        for record in wire.of(f"intake.dossiers.{LANE}")
        if record.key.decode() == DOSSIER and dict(record.headers)["ce_type"].decode() == EVENTS_OF[kind]
    }
    expected = [
        f"{number} {EVENTS_OF[kind]} {facts[number]['status']} {facts[number]['code'] or '-'}"
        for number, kind in enumerate(LIFE, 1)
    ]
    assert follow(classes, wire, DOCUMENT, DOSSIER) == [*expected, "6 vn.motcua.intake.dossier.weighed.v1 passed over"]


def test_the_document_is_what_it_goes_by(classes: Path, wire: Wire, tmp_path: Path) -> None:
    """Another address, and it finds no topic; a field more that must be there, and it refuses the facts without."""
    document = json.loads(DOCUMENT.read_text("utf-8"))
    document["components"]["schemas"][EVENTS_OF["accepted"]]["required"].append("grams")
    changed = tmp_path / "intake.json"
    changed.write_text(json.dumps(document), "utf-8")
    assert len(follow(classes, wire, changed, DOSSIER, check=False)) == 1
