"""`motcua republish --since`: what the services have sent since then goes to Kafka again; readers drop what they know."""

from datetime import datetime
from typing import Annotated

import typer

from cli.console import out, say
from cli.dead_letters import answered
from cli.options import DEFAULT_DATA, Data
from cli.session import Session
from contracts.services import SERVICES

app = typer.Typer()


@app.command()
def republish(
    since: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z"], help="Gửi từ lúc / sent since, 2026-11-26T08:00+0700"),
    ],
    why: Annotated[str, typer.Option(help="Lý do, được ghi lại / the reason, which goes into the log")],
    service: Annotated[list[str] | None, typer.Option(metavar="SERVICE", help=", ".join(SERVICES))] = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Gửi lại sự kiện khi Kafka đã mất / Publish facts again that Kafka has lost; of all services if none is named."""
    chosen = service or [*SERVICES]
    if unknown := sorted(set(chosen) - {*SERVICES}):
        raise typer.BadParameter(f"{', '.join(unknown)}: {', '.join(SERVICES)}", param_hint="--service")
    total = 0
    with Session(data).client() as client:
        for name in chosen:
            answer = answered(client.post(f"/api/{name}/republish", json={"since": since.isoformat(), "why": why}))
            out.print(f"{name}  {answer['rows']}  ({answer['kept_since'] or '-'})", markup=False)
            total += answer["rows"]
    say(f"Đã gửi lại {total} sự kiện.", f"{total} facts go to Kafka again.")
