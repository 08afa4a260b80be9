"""An installation with as many dossiers as asked for, made once and kept between runs.

Some hundreds of lives are played through the front door and the post's events; their rows are copied inside the databases, with
applicants of their own. A million through the doors would take half a day of two cores: docs/decisions says what this leaves out.
"""

import asyncio
import json
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg

from bench.growth.copies import copies
from bench.growth.people import COPY as COPY_PEOPLE
from bench.growth.people import sealed
from bench.growth.rows import TABLES
from bench.growth.writing import load_rows, messages, originals, write
from bench.installation import Installation, agrees, make, motcua, start, stop
from bench.keys import intake_keys
from bench.lifecycle.drain import Drain
from cli.console import say
from deploy.local.outcome import ExitCode, Stopped

SCALE: Final = 10
"""How often the demonstration's days are played for the originals: some 780 dossiers."""
MARK: Final = "grown.json"


@contextmanager
def grown(dossiers: int, data: Path | None = None) -> Iterator[Installation]:
    """Running; stopped afterwards, and kept in `data` (the folder of temporary files if not given).

    Raises:
        Stopped: it does not start, or the services do not agree on what was written.
    """
    folder = (data or Path(tempfile.gettempdir())) / f"motcua-grown-{dossiers}"
    made = Installation(folder / "site")
    try:
        if (folder / MARK).exists():
            start(made)
        else:
            _grow(made, folder, dossiers)
        yield made
    finally:
        stop(made)


def _grow(made: Installation, folder: Path, dossiers: int) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    folder.chmod(0o711)  # PostgreSQL's user passes through
    began = time.monotonic()
    make(made)
    motcua(made, "demo", "--scale", str(SCALE))
    asyncio.run(_rest(made))
    _multiply(made, dossiers)
    seconds = time.monotonic() - began
    if not agrees(made):
        raise Stopped(
            ExitCode.DIFFERENCE, vi="Các dịch vụ không khớp sau khi nhân dữ liệu.", en="The services disagree about the copies."
        )
    (folder / MARK).write_text(json.dumps({"dossiers": dossiers, "seconds": round(seconds)}))
    say(
        f"Đã tạo {dossiers:,} hồ sơ trong {seconds:.0f} giây ở {folder}.",
        f"Grew {dossiers:,} dossiers in {seconds:.0f} s in {folder}.",
    )


async def _rest(made: Installation) -> None:
    async with Drain(made.session) as drain:
        await drain.wait()


def _multiply(made: Installation, dossiers: int) -> None:
    """Always the same dossiers for the same originals."""
    plan = made.session.plan
    databases = {service: psycopg.connect(plan.owner_url(service).replace("+psycopg", ""), autocommit=True) for service in TABLES}
    chance = random.Random(dossiers)  # noqa: S311 -- made-up people
    made_from = originals(databases["intake"])
    grown_copies = sorted(copies(made_from, dossiers - len(made_from), chance), key=lambda copy: copy.id)
    of_messages = messages(databases["notify"])
    for service, database in databases.items():
        write(database, service, grown_copies, of_messages)
        if service == "intake":
            load_rows(database, "person", COPY_PEOPLE, sealed(intake_keys(made), grown_copies, chance))
        database.execute("VACUUM (ANALYZE)")
        database.close()
