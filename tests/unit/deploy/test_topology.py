"""What the table of processes becomes: who is started, who is given what, and how Caddy and the supervisor are told."""

import configparser
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from contracts.services import SERVICES
from contracts.values import Lane
from deploy.local import front_door, keys, supervisor_conf, vendor
from deploy.local.outcome import ExitCode, Stopped
from deploy.local.site import InternalPorts, Site, State
from deploy.local.topology import TOPOLOGY, Plan, Program

NOW = datetime(2026, 2, 16, 9, tzinfo=UTC)
PORTS = InternalPorts(postgres=1111, kafka=2222, kafka_controller=3333, smtp=4444)
SANDBOX = {"post-office", "mail-server"}


def plan(tmp_path: Path, state: State | None = None) -> Plan:
    return Plan(Site(tmp_path), state or State(instance="0123456789ab", ports=PORTS))


def programs(tmp_path: Path, state: State | None = None) -> dict[str, Program]:
    return {program.name: program for program in plan(tmp_path, state).programs()}


def test_one_process_of_everything_by_default(tmp_path: Path) -> None:
    assert set(programs(tmp_path)) == set(SERVICES) | {"postgres", "kafka", "caddy", "post-office", "mail-server"}


def test_lanes_apart_gives_each_laned_service_a_process_per_lane(tmp_path: Path) -> None:
    started = programs(tmp_path, State(lanes_apart=True, ports=PORTS))
    laned = {f"{service}-{lane}" for service in set(SERVICES) - {"directory"} for lane in Lane}
    assert set(started) == laned | {"directory", "postgres", "kafka", "caddy", "post-office", "mail-server"}
    assert started["notify-post"].environment["MOTCUA_LANES"] == "post"
    assert programs(tmp_path)["notify"].environment["MOTCUA_LANES"] == "province,district,post"
    assert "MOTCUA_LANES" not in started["directory"].environment


def test_scaled_processes_share_everything_but_name_and_socket(tmp_path: Path) -> None:
    started = programs(tmp_path, State(counts={"routing": 3}, ports=PORTS))
    assert [name for name in started if name.startswith("routing")] == ["routing", "routing-2", "routing-3"]
    own = {"MOTCUA_PROCESS", "MOTCUA_MEMBER", "MOTCUA_HTTP_SOCKET", "PGAPPNAME"}
    first, third = started["routing"].environment, started["routing-3"].environment
    assert {name for name in first if first[name] != third[name]} == own
    assert len({program.socket for program in started.values() if program.socket}) == len(SERVICES) + len(SANDBOX) + 2


def test_names_mean_a_service_a_lane_or_one_process(tmp_path: Path) -> None:
    apart = plan(tmp_path, State(lanes_apart=True, counts={"routing-post": 2}, ports=PORTS))
    assert [program.name for program in apart.named("routing")] == [
        *("routing-province", "routing-district", "routing-post", "routing-post-2"),
    ]
    assert [program.name for program in apart.named("routing-post")] == ["routing-post", "routing-post-2"]
    assert [program.name for program in apart.named("routing-post-2")] == ["routing-post-2"]
    with pytest.raises(Stopped, match="no process named rooting") as refused:
        apart.named("rooting")
    assert refused.value.code is ExitCode.UNKNOWN_PROCESS


def test_each_process_is_given_its_own_database_and_no_other(tmp_path: Path) -> None:
    made = plan(tmp_path)
    for program in made.programs():
        given = {name for name in program.environment if name.startswith("MOTCUA_DATABASE_")}
        assert given == ({f"MOTCUA_DATABASE_{program.part.name.upper()}"} if program.part.database else set())
        passwords = [
            password for password in made.state.database_passwords.values() if password in " ".join(program.environment.values())
        ]
        assert len(passwords) == len(given)
        owners = [made.state.owner_passwords[service] for service in SERVICES]
        assert not [password for password in owners if password in " ".join(program.environment.values())]
    assert {program.part.name for program in made.programs() if program.part.database} == set(SERVICES)


def test_private_keys_have_one_reader_each(tmp_path: Path) -> None:
    readers: dict[str, set[str]] = {}
    for program in programs(tmp_path).values():
        for value in program.environment.values():
            if value.startswith(str(tmp_path / "secrets")):
                readers.setdefault(Path(value).name, set()).add(program.name)
    assert readers == {
        "signing.jwk": {"directory"},
        "operator.password": {"directory"},
        "directory.key": {"directory"},
        "field.key": {"intake"},
        "hmac.key": {"intake"},
        "intake.jwk": {"intake"},
        "post.pub.jwk": {"intake"},
        "post.jwk": {"post-office"},
        "intake.pub.jwk": {"post-office"},
    } | {f"{user}.password": {user} for user in SERVICES} | {"post.password": {"post-office"}}


def test_every_key_file_named_is_made_and_private(tmp_path: Path) -> None:
    keys.provide(tmp_path, NOW)
    named = {file for part in TOPOLOGY for _, file in part.secrets}
    assert named | {keys.ROOT, keys.ROOT_PUBLIC} == {file.name for file in tmp_path.iterdir()}
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    keys.provide(tmp_path, NOW)
    assert before == {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert '"d"' in (tmp_path / "post.jwk").read_text()
    assert '"d"' not in (tmp_path / "post.pub.jwk").read_text()


def test_caddy_accepts_its_configuration_and_knows_every_process(tmp_path: Path) -> None:
    made = plan(tmp_path / "a folder", State(counts={"intake": 2}, ports=PORTS, instance="0123456789ab"))
    made.caddyfile.parent.mkdir(parents=True)
    front_door.write(made)
    command = [str(vendor.caddy()), "validate", "--adapter", "caddyfile", "--config", str(made.caddyfile)]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    text = made.caddyfile.read_text()
    sockets = [str(program.socket) for program in made.programs() if program.socket]
    assert len(sockets) == len(SERVICES) + len(SANDBOX) + 1
    assert all(text.count(f"unix/{socket} ") == 1 for socket in sockets)


def test_the_supervisor_never_gives_up_and_only_servers_start_by_themselves(tmp_path: Path) -> None:
    conf = configparser.RawConfigParser()
    conf.read_string(supervisor_conf.render(plan(tmp_path), tmp_path / "supervisor.sock"))
    sections = {name.removeprefix("program:"): conf[name] for name in conf.sections() if name.startswith("program:")}
    assert set(sections) == set(programs(tmp_path))
    assert {name for name, section in sections.items() if section["autostart"] == "true"} == {"postgres", "kafka", "caddy"}
    assert {section["autorestart"] for section in sections.values()} == {"true"}
    assert min(int(section["startretries"]) for section in sections.values()) >= 10**9
    assert sections["postgres"]["stopsignal"] == "INT"


def test_a_percent_sign_in_a_path_reaches_the_supervisor_doubled(tmp_path: Path) -> None:
    rendered = supervisor_conf.render(plan(tmp_path / "100%"), tmp_path / "supervisor.sock")
    assert "/100%%/" in rendered
    assert "/100%/" not in rendered


def test_sockets_stay_short_enough_for_every_system(tmp_path: Path) -> None:
    state = State(lanes_apart=True, counts=dict.fromkeys((f"reporting-{lane}" for lane in Lane), 16), ports=PORTS)
    assert max(len(str(program.socket)) for program in plan(tmp_path, state).programs() if program.socket) < 100


def test_the_state_survives_being_written_and_is_private(tmp_path: Path) -> None:
    site = Site(tmp_path / "data")
    assert site.load() is None
    site.create()
    with site.change() as state:
        state.counts["routing"] = 2
    assert site.load() == state
    assert site.state_file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ValidationError), site.change() as changed:
        changed.port = 70_000
    assert site.load() == state
