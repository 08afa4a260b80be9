"""`python -m bench.commits`: commits a second of sixteen clients, with the outbox and without, by pgbench.

Four transactions in turn: a row changed; the same with a row more, of the outbox's size, in a table that nobody waits for; the
same with a row of the outbox; and with a notification in the transaction as well, as it was before docs/decisions/0022. pgbench
costs little, so what is seen is the server's own queue. Of the rounds the median counts. No
relay runs: what it takes of the same processors is what `motcua bench relay` measures.
"""

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Final

import psycopg
from sqlalchemy import MetaData, create_engine

from bench.servers import Servers, servers
from cli.console import out
from deploy.local import vendor
from messaging.bell import CHANNEL
from messaging.outbox import WRITE_SQL
from messaging.tables import add_messaging_tables

CLIENTS: Final = 16
SECONDS: Final = 5
ROUNDS: Final = 5
_ROW: Final = {
    "ids": "ARRAY[gen_random_uuid()::text]",
    "topics": "ARRAY['intake.dossiers.common']",
    "subjects": "ARRAY['dossier']",
    "types": "ARRAY['vn.motcua.intake.dossier.accepted.v1']",
    "payloads": "ARRAY[repeat('x', 800)]",
    "lanes": "ARRAY['common']",
    "sequences": "ARRAY[1]",
    "times": "ARRAY[now()]",
    "correlations": "ARRAY[NULL]",
    "causations": "ARRAY[NULL]",
}
_CHANGE: Final = "UPDATE counter SET number = number + 1 WHERE id = :client_id;"
_WRITE: Final = re.sub(r"(?<!:):([a-z]+)", lambda name: _ROW[name[1]], " ".join(WRITE_SQL.split())) + ";"
SCRIPTS: Final = {
    "a row": [_CHANGE],
    "a row and one of a plain table": [_CHANGE, _WRITE.replace("INTO outbox", "INTO plain")],
    "a row and the outbox": [_CHANGE, _WRITE],
    "and a notification": [_CHANGE, _WRITE, f"SELECT pg_notify('{CHANNEL}', 'common');"],
}


def main() -> None:
    with servers() as running, tempfile.TemporaryDirectory() as folder:
        url = running.database("commits")
        _prepare(url)
        paths = {name: _script(Path(folder), statements) for name, statements in SCRIPTS.items()}
        rounds = [{name: _commits_a_second(running, url, path) for name, path in paths.items()} for _ in range(ROUNDS)]
    _print({name: median(figures[name] for figures in rounds) for name in SCRIPTS})


def _prepare(url: str) -> None:
    metadata = MetaData()
    add_messaging_tables(metadata)
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    metadata.create_all(engine)
    engine.dispose()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE plain (LIKE outbox INCLUDING ALL)")
        connection.execute("CREATE TABLE counter (id integer PRIMARY KEY, number bigint NOT NULL)")
        connection.execute("INSERT INTO counter SELECT client, 0 FROM generate_series(0, %s) AS client", (CLIENTS - 1,))


def _script(folder: Path, statements: list[str]) -> Path:
    path = folder / f"{len(list(folder.iterdir()))}.sql"
    path.write_text("\n".join(["BEGIN;", *statements, "COMMIT;"]))
    return path


def _commits_a_second(running: Servers, url: str, script: Path) -> float:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("TRUNCATE outbox, plain")
    pgbench = running.postgres.binaries / "pgbench"
    if not pgbench.exists():
        pgbench = vendor.postgres_bin() / "pgbench"
    command = [str(pgbench), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(SECONDS), "-f", str(script), url]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"PGOPTIONS": ""})
    match = re.search(r"tps = ([\d.]+)", ran.stdout)
    if match is None:
        raise ValueError(ran.stdout)
    return float(match[1])


def _print(figures: Mapping[str, float]) -> None:
    first = next(iter(figures.values()))
    for name, figure in figures.items():
        out.print(f"{name}: {figure:,.0f} commits/s with {CLIENTS} clients, {figure / first:.0%}")


if __name__ == "__main__":
    main()
