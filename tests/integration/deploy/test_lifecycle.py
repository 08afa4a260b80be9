"""`motcua` over real PostgreSQL, Kafka, Caddy and supervisor; only the services themselves are stand-ins here."""

import json
import os
import re
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import httpx
import psutil  # type: ignore[import-untyped]
import psycopg
import pytest
from typer.testing import CliRunner, Result

from cli.main import app
from cli.session import Session
from deploy.local import schema
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.ports import free_ports
from deploy.local.site import Site
from deploy.local.supervision import Supervisor
from deploy.local.topology import EVERYTHING_ELSE, Part, Plan
from tests.support.eventually import eventually

TINY = "tests.support.tiny_service"
SMALL = (
    Part(name="postgres", ends_on="INT"),
    Part(name="directory", module=TINY, paths=(EVERYTHING_ELSE,)),
    Part(name="routing", module=TINY, laned=True, database=True, paths=("/api/routing/*",)),
    Part(name="caddy"),
)
WITH_KAFKA = (*SMALL, Part(name="kafka"))


class Installation:
    """One installation, driven by the command."""

    def __init__(self, data: Path) -> None:
        self.data = data
        (self.port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"

    def run(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, [*arguments, "--data", str(self.data)])

    def up(self, *arguments: str) -> Result:
        return self.run("up", "--detach", "--no-sample", "--port", str(self.port), *arguments)

    def processes(self) -> dict[str, dict[str, object]]:
        return {process["name"]: process for process in json.loads(self.run("status", "--json").stdout)["processes"]}

    def misbehave(self, name: str, how: str) -> None:
        folder = self.data / "files" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "misbehave").write_text(how)

    def supervisor(self) -> Supervisor:
        site = Site(self.data)
        state = site.load()
        assert state is not None
        return Supervisor(Plan(site, state))


@pytest.fixture
def parts() -> tuple[Part, ...]:
    return SMALL


@pytest.fixture
def installation(monkeypatch: pytest.MonkeyPatch, parts: tuple[Part, ...]) -> Iterator[Installation]:
    monkeypatch.setattr("deploy.local.topology.TOPOLOGY", parts)
    monkeypatch.setattr(schema, "upgrade", lambda _: None)
    monkeypatch.setenv("MOTCUA_LANG", "en")
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    with tempfile.TemporaryDirectory(prefix="motcua-test-") as folder:
        Path(folder).chmod(0o711)  # pytest's own folders are private: PostgreSQL's user could not get there
        made = Installation(Path(folder) / "data")
        yield made
        made.run("down")
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("parts", [WITH_KAFKA], ids=["with-kafka"])
def test_up_serves_and_down_keeps_the_data(installation: Installation) -> None:
    first = installation.up()
    assert first.exit_code == ExitCode.OK, first.output
    assert f"is ready: {installation.url}" in first.stderr
    assert {name: process["state"] for name, process in installation.processes().items()} == dict.fromkeys(
        ("postgres", "kafka", "directory", "routing", "caddy", "supervisor"), "running"
    )
    plan = installation.supervisor().plan
    _remember(plan, "CREATE TABLE kept ()")

    assert installation.run("down").exit_code == ExitCode.OK
    assert not _marked(plan.state.instance)
    assert installation.run("status").exit_code == ExitCode.NOT_RUNNING
    assert json.loads(installation.run("status", "--json").stdout) == {"processes": []}

    second = installation.up("--lanes-apart")
    assert second.exit_code == ExitCode.OK, second.output
    assert {"routing-province", "routing-district", "routing-post"} <= installation.processes().keys()
    _remember(plan, "SELECT FROM kept")


def test_stop_start_and_scale_touch_only_whom_they_name(installation: Installation) -> None:
    assert installation.up("--lanes-apart").exit_code == ExitCode.OK
    before = installation.processes()

    assert installation.run("stop", "routing-post").exit_code == ExitCode.OK
    assert installation.processes()["routing-post"]["state"] == "stopped"
    assert installation.run("start", "routing-post").exit_code == ExitCode.OK
    assert installation.run("stop", "routing").exit_code == ExitCode.OK
    stopped = [name for name, process in installation.processes().items() if process["state"] == "stopped"]
    assert sorted(stopped) == ["routing-district", "routing-post", "routing-province"]
    away = httpx.get(f"{installation.url}/api/routing/x")
    assert (away.status_code, away.headers["retry-after"]) == (503, "2")
    assert away.headers["content-type"] == "application/problem+json"
    assert away.json()["code"] == "service-away"
    assert installation.run("start", "routing").exit_code == ExitCode.OK

    assert installation.run("scale", "routing-district=2").exit_code == ExitCode.OK
    assert {_who(f"{installation.url}/api/routing/x") for _ in range(80)} == {
        *("routing-province", "routing-district", "routing-district-2", "routing-post"),
    }
    assert installation.run("scale", "routing-district=1").exit_code == ExitCode.OK
    after = installation.processes()
    assert after.keys() == before.keys()
    for untouched in ("postgres", "caddy", "directory"):
        assert after[untouched]["pid"] == before[untouched]["pid"]
    assert installation.run("stop", "routing", "nothing").exit_code == ExitCode.UNKNOWN_PROCESS
    assert installation.processes()["routing-post"]["pid"] == after["routing-post"]["pid"]
    assert installation.run("scale", "postgres=2").exit_code == ExitCode.USAGE
    assert installation.run("scale", "routing=0").exit_code == ExitCode.USAGE


def test_the_front_door_hides_metrics_and_serves_files(installation: Installation) -> None:
    assert installation.up().exit_code == ExitCode.OK
    with httpx.Client(base_url=installation.url) as browser:
        assert _who(f"{installation.url}/anything") == "directory"
        for path in ("/api/routing/metrics", "/metrics", "/api/routing/%6detrics", "/api/routing/metrics/"):
            assert browser.get(path).status_code == 404, path
        script = browser.get("/static/vendor/htmx.min.js?v=1", headers={"Accept-Encoding": "gzip"})
        assert script.status_code == 200
        assert script.headers["content-encoding"] == "gzip"
        assert "immutable" in script.headers["cache-control"]
        assert script.headers["x-content-type-options"] == "nosniff"
        assert browser.get("/static/vendor/no-such.js").status_code == 404
        assert installation.run("stop", "directory").exit_code == ExitCode.OK
        page = browser.get("/sign-in")
        assert (page.status_code, page.headers["retry-after"]) == (503, "2")
        assert "đang tạm nghỉ" in page.text


def test_a_session_signs_in_through_the_front_door(installation: Installation) -> None:
    assert installation.up().exit_code == ExitCode.OK
    session = Session(installation.data)
    with session.client("clerk", "right") as client:
        assert client.get("/").json()["authorization"] == "Bearer token of clerk"
    (installation.data / "secrets" / "operator.password").write_text("right\n")
    assert session.token() == "token of operator"
    with pytest.raises(Stopped, match="Could not sign in as clerk") as refused:
        session.token("clerk", "wrong")
    assert refused.value.code is ExitCode.REFUSED_BY_SERVICE
    assert "wrong-password" in refused.value.detail


async def test_a_killed_process_comes_back_and_a_killed_supervisor_is_recovered_from(installation: Installation) -> None:
    assert installation.up().exit_code == ExitCode.OK
    before = installation.processes()
    os.kill(int(str(before["routing"]["pid"])), signal.SIGKILL)
    await eventually(lambda: installation.processes()["routing"]["pid"] not in {None, before["routing"]["pid"]})

    os.kill(int(str(before["supervisor"]["pid"])), signal.SIGKILL)
    await eventually(lambda: installation.run("status").exit_code == ExitCode.NOT_RUNNING)
    assert psutil.pid_exists(before["postgres"]["pid"])
    again = installation.up()
    assert again.exit_code == ExitCode.OK, again.output
    assert "Ended what an earlier run had left" in again.stderr
    assert installation.processes()["postgres"]["pid"] != before["postgres"]["pid"]


def test_a_second_up_is_refused_and_harms_nothing(installation: Installation) -> None:
    assert installation.up().exit_code == ExitCode.OK
    before = installation.processes()
    second = installation.up()
    assert second.exit_code == ExitCode.ALREADY_RUNNING
    assert installation.url in second.stderr
    assert {name: process["pid"] for name, process in installation.processes().items()} == {
        name: process["pid"] for name, process in before.items()
    }


def test_a_process_that_keeps_dying_is_named_with_its_last_words(installation: Installation) -> None:
    installation.misbehave("routing", "die")
    refused = installation.up()
    assert refused.exit_code == ExitCode.PROCESS_KEEPS_DYING, refused.output
    assert "The process routing keeps ending" in refused.stderr
    assert "the tiny service was told to die" in refused.stderr
    assert "exited: routing (exit status" in refused.stderr
    assert not _marked(installation.supervisor().plan.state.instance)


def test_a_service_that_never_gets_ready_is_named(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    # Only the services are hurried: PostgreSQL, which is waited for before the migration, has all the time it needs.
    monkeypatch.setattr(schema, "upgrade", lambda _: monkeypatch.setattr("cli.readiness.READY_WITHIN", 2.0))
    installation.misbehave("routing", "unready")
    refused = installation.up()
    assert refused.exit_code == ExitCode.NOT_READY_IN_TIME, refused.output
    assert re.search(r"Not ready after 2 seconds: .*routing", refused.stderr)


def _who(url: str) -> str:
    return str(httpx.get(url).json()["process"])


def _remember(plan: Plan, statement: LiteralString) -> None:
    with psycopg.connect(plan.owner_url("routing").replace("+psycopg", "")) as connection:
        connection.execute(statement)


def _marked(instance: str) -> list[int]:
    pids = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("MOTCUA_INSTANCE") == instance:
                pids.append(process.pid)
        except psutil.Error:
            continue
    return pids
