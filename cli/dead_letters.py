"""`motcua dead-letters`: what a consumer could not apply yet or at all, and what an operator does about it.

A letter is named `<service>/<number>`. `retry` after the cause is mended; `skip` lets it go, `skip-to` waits no more for what
should come before it, both with a reason that is kept.
"""

import json
from typing import Annotated, Any
from uuid import uuid4

import typer

from cli import http
from cli.console import inline, out, say
from cli.options import DEFAULT_DATA, AsJson, Data
from cli.session import Session
from contracts.services import SERVICES
from deploy.local.outcome import ExitCode, Stopped

app = typer.Typer()
letters = typer.Typer(no_args_is_help=True, help="Thư chết: sự kiện không xử lý được / events that could not be applied")
app.add_typer(letters, name="dead-letters")
STATES = ("dead", "early", "waiting", "newer")
Letter = Annotated[str, typer.Argument(metavar="SERVICE/NUMBER", help="intake/17")]


@letters.command("list")
def list_letters(
    state: Annotated[str, typer.Option(help="dead, early, waiting, newer")] = "dead",
    data: Data = DEFAULT_DATA,
    as_json: AsJson = False,
) -> None:
    """Liệt kê / List them, of all services, with what they hold up; also what waits: early, waiting, newer."""
    if state not in STATES:
        raise typer.BadParameter(", ".join(STATES), param_hint="--state")
    with Session(data).client() as client:
        answers = {service: _all_of(client, service, state) for service in SERVICES}
    if as_json:
        typer.echo(json.dumps(answers, ensure_ascii=False))
        return
    for service, answer in answers.items():
        for row in answer["dead_letters"]:
            behind = inline(f"giữ {row['behind']} sự kiện", f"holds {row['behind']}")
            out.print(f"{service}/{row['id']}  {row['subject']} #{row['sequence']}  {row['reason']}  ({behind})", markup=False)
    number = sum(len(answer["dead_letters"]) for answer in answers.values())
    if state == "dead":
        say(f"{number} thư chết.", f"{number} dead letters.")
    else:
        say(f"{number} sự kiện đang chờ ({state}).", f"{number} events wait ({state}).")


def _all_of(client: http.Client, service: str, state: str) -> dict[str, Any]:
    """Page by page, as one answer."""
    answer = page = answered(client.get(f"/api/{service}/dead-letters", params={"state": state}))
    while page["next"]:
        page = answered(client.get(f"/api/{service}/dead-letters", params={"state": state, "after": page["next"]}))
        answer["dead_letters"] += page["dead_letters"]
    return answer | {"next": None}


@letters.command()
def show(letter: Letter, data: Data = DEFAULT_DATA) -> None:
    """Xem một thư / Show one, with its bytes as far as they can be read."""
    service, number = _parsed(letter)
    with Session(data).client() as client:
        typer.echo(json.dumps(answered(client.get(f"/api/{service}/dead-letters/{number}")), ensure_ascii=False, indent=2))


@letters.command()
def retry(
    letter: Annotated[str, typer.Argument(metavar="SERVICE/NUMBER|SERVICE", help="intake/17; với/with --all: intake")],
    all_of_them: Annotated[bool, typer.Option("--all", help="Tất cả thư chết cùng lý do / all that died of --reason")] = False,
    reason: Annotated[str, typer.Option(help="Lời trong lý do chết / words of the reason they died of")] = "",
    data: Data = DEFAULT_DATA,
) -> None:
    """Xử lý lại / Try it again, after what was at fault has been mended."""
    if all_of_them != bool(reason):
        raise typer.BadParameter("--all và/and --reason: cả hai hoặc không / both or neither", param_hint="--reason")
    if all_of_them:
        retried = _retry_all(letter, reason, data)
        say(f"{retried} thư của {letter} sẽ được xử lý lại ngay.", f"{retried} letters of {letter} are tried again at once.")
        return
    _act(letter, "retry", {}, data)
    say(f"{letter} sẽ được xử lý lại ngay.", f"{letter} is tried again at once.")


def _retry_all(service: str, reason: str, data: Data) -> int:
    """The server takes some hundreds at once; behind the last nothing is tried twice."""
    if service not in SERVICES:
        raise typer.BadParameter("ví dụ / for example: routing", param_hint="SERVICE")
    retried, body = 0, {"reason": reason}
    with Session(data).client() as client:
        while True:
            headers = {"Idempotency-Key": str(uuid4())}
            answer = answered(client.post(f"/api/{service}/dead-letters/retry", json=body, headers=headers))
            retried += int(answer["retried"])
            if not answer["next"]:
                return retried
            body |= {"after": answer["next"]}


@letters.command()
def skip(
    letter: Letter,
    why: Annotated[str, typer.Option(help="Lý do, được lưu lại / the reason, which is kept")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Bỏ qua, có lưu lý do / Let it go, and let through what it held."""
    _act(letter, "skip", {"why": why}, data)
    say(f"{letter} đã được bỏ qua.", f"{letter} is skipped.")


@letters.command("skip-to")
def skip_to(
    letter: Letter,
    why: Annotated[str, typer.Option(help="Lý do, được lưu lại / the reason, which is kept")],
    data: Data = DEFAULT_DATA,
) -> None:
    """Không chờ nữa / Wait no more for what should come before an early one, and apply it and what follows."""
    _act(letter, "skip-to", {"why": why}, data)
    say(f"{letter} không chờ sự kiện trước nó nữa.", f"{letter} waits no more for what should come before it.")


def _act(letter: str, action: str, body: dict[str, str], data: Data) -> None:
    service, number = _parsed(letter)
    with Session(data).client() as client:
        answered(
            client.post(f"/api/{service}/dead-letters/{number}/{action}", json=body, headers={"Idempotency-Key": str(uuid4())})
        )


def _parsed(letter: str) -> tuple[str, int]:
    service, _, number = letter.partition("/")
    if service not in SERVICES or not number.isdecimal():
        raise typer.BadParameter("ví dụ / for example: intake/17", param_hint="SERVICE/NUMBER")
    return service, int(number)


def answered(response: http.Response) -> dict[str, Any]:
    body: dict[str, Any] = response.json() if response.headers.get("content-type", "").endswith("json") else {}
    if not response.is_success:
        raise Stopped(
            ExitCode.REFUSED_BY_SERVICE,
            vi=str(body.get("vi", f"Dịch vụ từ chối (HTTP {response.status_code}).")),
            en=str(body.get("en", f"The service refused (HTTP {response.status_code}).")),
        )
    return body
