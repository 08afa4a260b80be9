"""`motcua import`: what it sends, what it says, and that a refusal is a sentence per fault and an exit code."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli import directory_import
from cli.directory_import import SAMPLE_ACCOUNTS, SAMPLE_PASSWORD, ImportResult, load, sample_accounts
from deploy.local.outcome import ExitCode, Stopped
from tests.support.reference_data import PASSWORD, SAMPLE, people, sample_files

CHANGED = {"changed": {"units": 6, "staff": 0}, "unchanged": {"units": 0, "staff": 14}}
FAULT = {"file": "units.csv", "line": 3, "column": "tier", "field": "units.csv:3:tier", "vi": "Sai cấp.", "en": "Wrong tier."}


class Session:
    """Answers as an installation would, and keeps what it was sent."""

    def __init__(self, status: int = 200, body: Any = None) -> None:
        self.status, self.body = status, CHANGED if body is None else body
        self.sent: list[httpx.Request] = []
        self.site = SimpleNamespace(data="/somewhere")

    def client(self) -> httpx.Client:
        return httpx.Client(base_url="http://motcua.test", transport=httpx.MockTransport(self._answer))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        if self.status == 0:
            raise httpx.ConnectError("nobody there")
        return httpx.Response(self.status, content=self.body if isinstance(self.body, str) else json.dumps(self.body))


def sent_by(paths: Any) -> dict[str, str]:
    session = Session()
    load(paths, session)  # type: ignore[arg-type]
    (request,) = session.sent
    assert request.headers["idempotency-key"]
    files: dict[str, str] = json.loads(request.content)["files"]
    return files


def refused(session: Session, paths: Any = SAMPLE) -> Stopped:
    with pytest.raises(Stopped) as stopped:
        load(paths, session)  # type: ignore[arg-type]
    return stopped.value


def test_a_folder_stands_for_its_csv_files_and_nothing_else() -> None:
    assert sent_by(SAMPLE) == sample_files()
    assert sent_by([SAMPLE / "units.csv"]) == {"units.csv": sample_files()["units.csv"]}


def test_a_byte_order_mark_is_left_behind(tmp_path: Path) -> None:
    (tmp_path / "units.csv").write_bytes(b"\xef\xbb\xbfid,name\n")
    assert sent_by(tmp_path) == {"units.csv": "id,name\n"}


def test_what_it_did_is_told() -> None:
    session = Session()
    result = load(SAMPLE, session)  # type: ignore[arg-type]
    assert result == ImportResult(CHANGED["changed"], CHANGED["unchanged"])
    assert not result.nothing_changed
    assert ImportResult({"units": 0}, {"units": 6}).nothing_changed


def test_each_fault_has_a_line_in_the_reader_s_language(monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"vi": "Có 1 chỗ chưa đúng.", "en": "1 place is not right.", "errors": [FAULT]}
    stopped = refused(Session(422, body))
    assert stopped.code == ExitCode.REFUSED_BY_SERVICE
    assert (stopped.vi, stopped.en) == (body["vi"], body["en"])
    assert stopped.detail == "  units.csv:3 [tier]: Sai cấp. / Wrong tier."
    monkeypatch.setenv("MOTCUA_LANG", "vi")
    assert refused(Session(422, body)).detail == "  units.csv:3 [tier]: Sai cấp."
    many = refused(Session(422, body | {"errors": [FAULT] * 60})).detail.splitlines()
    assert len(many) == 51
    assert "10" in many[-1]


@pytest.mark.parametrize(("status", "body"), [(502, "<html>"), (503, "{}"), (403, '{"vi": "Không.", "en": "No."}')])
def test_any_other_answer_is_a_sentence_too(status: int, body: str) -> None:
    assert refused(Session(status, body)).code == ExitCode.REFUSED_BY_SERVICE


def test_nobody_there_says_how_to_start() -> None:
    assert refused(Session(0)).code == ExitCode.NOT_RUNNING


def test_files_that_cannot_be_sent_are_refused_before_anything_is(tmp_path: Path) -> None:
    session = Session()
    assert refused(session, tmp_path).code == ExitCode.USAGE, "an empty folder"
    (tmp_path / "units.csv").write_bytes(b"\xff\xfe")
    assert "UTF-8" in refused(session, tmp_path).en
    assert "units.csv" in refused(session, [SAMPLE / "units.csv", SAMPLE / "units.csv"]).en
    assert session.sent == []


def test_the_command_prints_a_summary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_LANG", "en")
    monkeypatch.setattr(directory_import, "Session", lambda _: Session(body={"changed": {"units": 0}, "unchanged": {"units": 6}}))
    ran = CliRunner().invoke(directory_import.app, [str(SAMPLE)])
    assert ran.exit_code == 0, ran.output
    assert CliRunner().invoke(directory_import.app, ["no-such-file.csv"]).exit_code == 2


def test_the_accounts_told_are_those_of_the_sample() -> None:
    assert {name for name, _, _ in SAMPLE_ACCOUNTS} <= people().keys()
    assert SAMPLE_PASSWORD == PASSWORD
    assert SAMPLE_PASSWORD in sample_accounts()
