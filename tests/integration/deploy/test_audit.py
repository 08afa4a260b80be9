"""`make audit`: what it has to say of this very tree, and what it does with an answer of an OSV server or with none."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from deploy.audit import __main__ as audit
from deploy.audit import advisories
from deploy.audit.answers import Answers
from deploy.audit.component import Component
from deploy.local.outcome import ExitCode

JINJA = Component(purl=PackageURL.from_string("pkg:pypi/jinja2@2.4.1"), use="run", licence="BSD-3-Clause")
KAFKA = Component(purl=PackageURL.from_string("pkg:maven/org.apache.kafka/kafka-clients@4.3.1"), use="run", licence="Apache-2.0")
POSTGRES = Component(purl=PackageURL.from_string("pkg:generic/postgresql@18.6"), use="run", licence="PostgreSQL")
KNOWN = {"pkg:pypi/jinja2@2.4.1": ["GHSA-1", "PYSEC-2"]}


@contextmanager
def server_of_advisories(known: dict[str, list[str]], more: dict[str, Any] | None = None) -> Iterator[str]:
    """One that speaks OSV's batch protocol."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            queries = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            names = [query["package"]["purl"] for query in queries]
            vulns = [{"vulns": [{"id": advisory} for advisory in known[name]]} if name in known else {} for name in names]
            body = json.dumps({"results": [{**result, **(more or {})} for result in vulns]}).encode()
            self.send_response(200 if self.path == "/v1/querybatch" else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Into no log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def test_each_advisory_is_said_with_its_component_until_it_has_an_answer() -> None:
    with server_of_advisories(KNOWN) as address:
        known = advisories.advisories([POSTGRES, KAFKA, JINJA], address)
    assert [(advisory.id, advisory.component) for advisory in known] == [("GHSA-1", JINJA), ("PYSEC-2", JINJA)]
    answer = {"id": "GHSA-1", "key": "pkg:pypi/jinja2", "reason": "not reached", "until": date(2026, 12, 1)}
    answers = Answers({"advisory": [answer]})
    assert advisories.findings(known, answers, date(2026, 12, 1)) == ["pkg:pypi/jinja2@2.4.1: PYSEC-2"]
    assert advisories.findings(known, answers, date(2026, 12, 2)) == [
        "pkg:pypi/jinja2@2.4.1: GHSA-1, whose answer held until 2026-12-01",
        "pkg:pypi/jinja2@2.4.1: PYSEC-2",
    ]


def test_more_components_than_go_into_one_question_are_all_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(advisories, "ASKED_AT_ONCE", 2)
    with server_of_advisories(KNOWN) as address:
        assert len(advisories.advisories([KAFKA, KAFKA, JINJA], address)) == 2


def test_half_an_answer_is_no_answer() -> None:
    with (
        server_of_advisories(KNOWN, {"next_page_token": "more"}) as address,
        pytest.raises(advisories.Unreachable, match="more advisories than one page"),
    ):
        advisories.advisories([JINJA], address)


def test_this_tree_has_nothing_said_against_it_but_what_could_not_be_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bill = tmp_path / "sbom.cdx.json"
    monkeypatch.setattr(audit, "SBOM", bill)
    monkeypatch.setenv("MOTCUA_ADVISORIES", "http://127.0.0.1:9")
    code = audit.main()
    said = capsys.readouterr()
    assert code == ExitCode.NO_NETWORK, said.out
    assert "Known weaknesses were NOT checked: no answer from http://127.0.0.1:9" in said.err
    document = bill.read_text(encoding="utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(document) is None
    names = {part["name"] for part in json.loads(document)["components"]}
    assert {"aiokafka", "kafka-clients", "postgresql", "openjdk", "certmagic", "libssl"} <= names


def scan_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """To search all files takes half a minute, and one test does it. Answers about secrets are then asked for by nothing."""
    monkeypatch.setattr(audit.secret_scan, "committed", lambda _: [])
    monkeypatch.setattr(audit.Answers, "unused", lambda _: [])


def test_with_advisories_answered_for_it_ends_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "SBOM", tmp_path / "sbom.cdx.json")
    scan_no_file(monkeypatch)
    with server_of_advisories({}) as address:
        monkeypatch.setenv("MOTCUA_ADVISORIES", address)
        assert audit.main() == ExitCode.OK


def test_with_a_known_weakness_it_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "SBOM", tmp_path / "sbom.cdx.json")
    scan_no_file(monkeypatch)
    kafka = next(component for component in audit.jars.jars() if component.purl.name == "kafka-clients")
    with server_of_advisories({kafka.purl.to_string(): ["GHSA-1"]}) as address:
        monkeypatch.setenv("MOTCUA_ADVISORIES", address)
        assert audit.main() == ExitCode.DIFFERENCE
