"""The whole thing, as a newcomer meets it: up, demo, agreement, down, and everything still there after the next up."""

import json
import subprocess

import psycopg
import pytest

from cli.reconcile import compare
from cli.session import Session
from contracts.services import SERVICES
from contracts.values import Lane
from deploy.local.outcome import ExitCode
from tests.support.installation import MOTCUA, Installation, Played

pytestmark = pytest.mark.timeout(1800)


def test_the_demo_ends_in_agreement(played: Played) -> None:
    assert played.said["finding"]["agree"], played.said["finding"]["differences"][:5]
    assert played.said["finding"]["compared"] > 0


def test_the_demo_plays_the_days_as_they_were(played: Played) -> None:
    assert list(played.said["played"].values())[:2] == [33, 85]


def test_every_dossier_of_the_script_is_where_the_script_left_it(played: Played) -> None:
    dossiers = {name: number for name, number in played.added.items() if name.startswith("dossiers")}
    assert dossiers == {"dossiers 4": 15, "dossiers 9": 9, "dossiers 10": 54}


def test_no_message_failed_or_is_left(played: Played) -> None:
    assert {name for name in played.added if name.startswith("messages")} == {"messages sent", "messages skipped"}


def test_every_lane_s_topics_were_used(played: Played) -> None:
    for lane in Lane:
        assert played.said["events"][f"intake.dossiers.{lane}"] > 0
        assert played.said["events"][f"routing.cases.{lane}"] > 0


def test_status_lists_every_process(installation: Installation) -> None:
    processes = json.loads(installation.run("status", "--json").stdout)["processes"]
    assert {*SERVICES, "kafka", "postgres", "caddy", "post-office", "mail-server"} <= {process["name"] for process in processes}
    assert all(process["state"] == "running" and process["pid"] and process["rss_mb"] > 0 for process in processes)


def test_a_second_up_on_the_same_data_is_refused_in_a_sentence(installation: Installation) -> None:
    done = installation.run("up", "--detach", check=False)
    assert done.returncode == ExitCode.ALREADY_RUNNING
    assert "motcua down" in done.stderr


def test_a_taken_port_is_refused_in_a_sentence(installation: Installation, tmp_path) -> None:
    command = [str(MOTCUA), "up", "--detach", "--port", str(installation.port), "--data", str(tmp_path / "other")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == ExitCode.PORT_TAKEN
    assert "--port" in done.stderr


def test_replay_makes_the_same_figures_again(installation: Installation, played: Played) -> None:
    before = installation.reconcile()
    installation.run("replay", "reporting")
    after = installation.reconcile()
    assert before["agree"] and after["agree"] and before["compared"] == after["compared"]


def test_facts_published_again_change_nothing(installation: Installation, played: Played) -> None:
    before = installation.reconcile()
    said = installation.run("republish", "--since", "2020-01-01T00:00+0700", "--why", "thử").stdout
    rows = {line.split()[0]: int(line.split()[1]) for line in said.splitlines() if line.split()[0] in SERVICES}
    assert rows.keys() == {*SERVICES}
    assert min(rows["intake"], rows["routing"]) > 0
    after = installation.reconcile()
    assert after["agree"] and after["compared"] == before["compared"]


def test_a_kept_number_that_drifted_is_named(installation: Installation, played: Played) -> None:
    session = Session(installation.data)
    address = session.plan.database_url("routing").replace("+psycopg", "")
    with psycopg.connect(address, autocommit=True) as routing, session.client() as client:
        routing.execute("INSERT INTO open_count VALUES ('H1', 's-nobody', 'dat-dai', true, '2026-02-16', 3)")
        drifted = compare(client)
        routing.execute("DELETE FROM open_count WHERE officer = 's-nobody'")
        after = compare(client)
    assert [(row.other, row.key, row.ours, row.theirs) for row in drifted.differences] == [
        ("routing (kept)", "H1|s-nobody|dat-dai|t|2026-02-16", None, "3")
    ]
    assert after.agree


def test_there_are_no_dead_letters(installation: Installation, played: Played) -> None:
    listed = json.loads(installation.run("dead-letters", "list", "--json").stdout)
    assert {service: letters["waiting_room"] for service, letters in listed.items()} == {service: {} for service in SERVICES}
    for state in ("early", "waiting", "newer"):
        assert f"0 events wait ({state})" in installation.run("dead-letters", "list", "--state", state).stderr
    retried = installation.run("dead-letters", "retry", "routing", "--all", "--reason", "unknown unit")
    assert "0 letters of routing are tried again" in retried.stderr


def test_data_survives_down_and_up(installation: Installation, played: Played) -> None:
    before = installation.reconcile()
    installation.run("down")
    installation.up()
    after = installation.reconcile()
    assert after["agree"] and after["compared"] == before["compared"] > 0
