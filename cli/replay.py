"""`motcua replay reporting`: the figures are made again from the facts in Kafka, while the old ones serve."""

import time
from typing import Annotated, Final
from uuid import uuid4

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from cli.console import err, inline, say
from cli.dead_letters import answered
from cli.options import DEFAULT_DATA, Data
from cli.session import Session
from deploy.local.outcome import ExitCode, Stopped

app = typer.Typer()
REPLAYABLE: Final = ("reporting",)
POLL_SECONDS: Final = 0.3


@app.command()
def replay(service: Annotated[str, typer.Argument(help="reporting")], data: Data = DEFAULT_DATA) -> None:
    """Dựng lại số liệu từ các sự kiện / Make a service's projections again from the events."""
    if service not in REPLAYABLE:
        names = ", ".join(REPLAYABLE)
        raise typer.BadParameter(f"chỉ dựng lại được / can be replayed: {names}", param_hint="SERVICE")
    path = f"/api/{service}/replay"
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"), TimeRemainingColumn())
    with Session(data).client() as client, Progress(*columns, console=err) as progress:
        answered(client.post(path, headers={"Idempotency-Key": str(uuid4())}))
        task = progress.add_task(inline("Đọc lại", "reading again"), total=None)
        while (state := answered(client.get(path)))["state"] == "running":
            progress.update(task, completed=state["read"], total=state["of"])
            time.sleep(POLL_SECONDS)
        progress.update(task, completed=state["read"], total=state["of"])
    if state["state"] != "done":
        raise Stopped(
            ExitCode.REFUSED_BY_SERVICE,
            vi="Dựng lại không xong; số liệu cũ vẫn đang dùng.",
            en="The replay did not finish; the old figures go on serving.",
            detail=str(state.get("problem", "")),
        )
    say(f"Đã dựng lại từ {state['read']} sự kiện.", f"Made again from {state['read']} events.")
