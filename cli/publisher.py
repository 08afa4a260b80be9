"""`motcua publisher raise SERVICE`: after a database was restored, so that no code and no number is given twice.

It goes to database and Kafka itself: who would sign in needs a directory that may be the one to be raised.
"""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated, Final

import psycopg
import typer
from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError

from chassis.publisher import raise_service
from cli.console import say
from cli.options import DEFAULT_DATA, AsJson, Data
from cli.session import Session
from contracts.services import SERVICES
from deploy.local.outcome import ExitCode, Stopped
from messaging.raised_numbers import Raised

app = typer.Typer()
publisher = typer.Typer(no_args_is_help=True, help="Sau khi khôi phục cơ sở dữ liệu / after a database was restored")
app.add_typer(publisher, name="publisher")
MOST_SHOWN: Final = 50


@publisher.callback()
def _group() -> None:
    """With one command, typer would leave out its name."""


@publisher.command(name="raise")
def raise_publisher(
    service: Annotated[str, typer.Argument(metavar="SERVICE", help=", ".join(SERVICES))],
    from_beginning: Annotated[
        bool, typer.Option("--from-beginning", help="Đọc tất cả / read all that Kafka has, for a backup of before 0039")
    ] = False,
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Nâng số theo Kafka / Raise counters and versions to what Kafka has; the service then goes on by itself."""
    if service not in SERVICES:
        raise typer.BadParameter(", ".join(SERVICES), param_hint="SERVICE")
    plan = Session(data).plan
    work = raise_service(service, plan.database_url(service), plan.kafka.access(service), from_beginning=from_beginning)
    try:
        raised = asyncio.run(work)
    except (KafkaError, DBAPIError, psycopg.Error) as error:
        raise Stopped(
            ExitCode.NOT_RUNNING,
            vi="Kafka hoặc cơ sở dữ liệu không trả lời; chưa có gì thay đổi. Hãy khởi động chúng rồi gọi lại.",
            en="Kafka or the database does not answer; nothing was changed. Start them, then call this again.",
            detail=type(error).__name__,
        ) from error
    if as_json:
        typer.echo(json.dumps(asdict(raised), ensure_ascii=False))
        return
    _print(raised)


def _print(raised: Raised) -> None:
    kinds = (
        (raised.absent, "chỉ có trong Kafka", "only in Kafka"),
        (raised.behind, "đã nâng số, thiếu phần sau", "raised, without what was done last"),
    )
    for names, vi, en in kinds:
        for name in names[:MOST_SHOWN]:
            typer.echo(f"{name}  ({vi} / {en})")
        if len(names) > MOST_SHOWN:
            typer.echo(f"... {len(names) - MOST_SHOWN} ({vi} / {en}; --json)")
    absent, behind = len(raised.absent), len(raised.behind)
    if not (absent or behind or raised.counters):
        say(
            "Cơ sở dữ liệu biết hết những gì đã công bố; không phải làm gì.",
            "The database knows all that was published: nothing to do.",
        )
        return
    say(
        f"Đã nâng {raised.counters} bộ đếm mã và sổ số; {behind} mục thiếu phần sau, {absent} mục chỉ có trong Kafka: "
        "hãy nhập lại chúng.",
        f"{raised.counters} code counters and registers raised; {behind} lack their last part, {absent} are only in Kafka: "
        "enter them anew.",
    )
