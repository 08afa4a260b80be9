"""What the demo comes to: dossiers by status, events by topic, messages by outcome, and whether the services agree."""

import asyncio
import json
import time
from dataclasses import asdict, dataclass
from typing import Any, Final

import typer
from rich.table import Table

from cli.console import inline, out
from cli.demo.script import CENTRE, DISTRICT, Day, Guided, HandIn, Visit, in_person
from cli.http import Client
from cli.reconcile import POLL_SECONDS, Finding, settled_finding, show
from cli.session import Session
from contracts.topics import TOPICS
from deploy.local.kafka_users import ADMIN
from messaging.kafka_access import KafkaAccess

MAILS_SECONDS: Final = 120.0
STATUS: Final = {
    1: ("mới đăng ký", "submitted"),
    2: ("được tiếp nhận", "accepted"),
    3: ("không được tiếp nhận", "refused"),
    4: ("đang xử lý", "in process"),
    5: ("yêu cầu bổ sung", "supplement owed"),
    6: ("yêu cầu nghĩa vụ tài chính", "payment owed"),
    7: ("yêu cầu rút", "withdrawn"),
    8: ("dừng xử lý", "stopped"),
    9: ("đã xử lý xong", "decided"),
    10: ("đã trả kết quả", "handed over"),
}
OUTCOME: Final = {
    "sent": ("đã gửi", "sent"),
    "skipped": ("không gửi được vì không có địa chỉ", "skipped, no address"),
    "failed": ("gửi hỏng", "failed"),
    "waiting": ("đang chờ gửi", "waiting to be sent"),
}


@dataclass(frozen=True, kw_only=True)
class Summary:
    """`played` is what this run did; the rest is all that the installation holds. What `--json` prints."""

    played: dict[str, int]
    dossiers: dict[str, int]
    events: dict[str, int]
    messages: dict[str, int]
    mails: dict[str, int]
    finding: Finding


def summarize(session: Session, visits: list[Visit]) -> Summary:
    """Everything settled first, so that the figures are of one moment."""
    finding = settled_finding(session)
    with session.client() as client:
        return Summary(
            played=_played(visits),
            dossiers=_get(client, "/api/intake/summary")["dossiers"],
            events=asyncio.run(_events(session.plan.kafka.access(ADMIN))),
            messages=_messages(client),
            mails=_mails(client),
            finding=finding,
        )


def _played(visits: list[Visit]) -> dict[str, int]:
    handed = [visit for visit in visits if isinstance(visit, HandIn)]
    return {
        f"{Day.VU_THU}: hồ sơ / dossiers": sum(visit.day is Day.VU_THU for visit in handed),
        f"{Day.TAN_AN}: lượt đến quầy / visits": in_person(visits, Day.TAN_AN, CENTRE),
        f"{Day.DONG_HUNG}: lượt đến quầy / visits": in_person(visits, Day.DONG_HUNG, DISTRICT),
        "lượt hướng dẫn / guidance turns": sum(isinstance(visit, Guided) for visit in visits)
        + sum(visit.incomplete_at_first for visit in handed),
    }


def _get(client: Client, path: str) -> dict[str, Any]:
    response = client.get(path)
    response.raise_for_status()
    body: dict[str, Any] = response.json()
    return body


def _messages(client: Client) -> dict[str, int]:
    """Once none waits to be sent any more; a mail whose sender was killed waits for its lease first."""
    deadline = time.monotonic() + MAILS_SECONDS
    while (total := _get(client, "/api/notify/summary")["total"])["waiting"] and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return {outcome: number for outcome, number in total.items() if number}


def _mails(client: Client) -> dict[str, int]:
    """What the sandbox's mail server holds: mails, and different Message-IDs among them."""
    mails = _get(client, "/mail")
    return {"kept": int(mails["count"]), "distinct_message_ids": int(mails["distinct_message_ids"])}


async def _events(kafka: KafkaAccess) -> dict[str, int]:
    """How many records each topic has, by the end of its partitions."""
    from aiokafka import AIOKafkaConsumer

    from messaging.partition_logs import partitions_of

    consumer = AIOKafkaConsumer(**kafka.arguments(), isolation_level="read_committed")
    await consumer.start()
    try:
        partitions = await partitions_of(kafka, [name for topic in TOPICS for name in topic.names()])
        ends = await consumer.end_offsets(partitions)
    finally:
        await consumer.stop()
    records = {partition.topic: 0 for partition in partitions}
    for partition, end in ends.items():
        records[partition.topic] += end
    return records


def print_json(summary: Summary) -> None:
    typer.echo(json.dumps(asdict(summary), ensure_ascii=False))


def print_summary(summary: Summary) -> None:
    for title, rows in (
        (inline("Đã diễn", "played"), summary.played),
        (
            inline("Hồ sơ theo trạng thái", "dossiers by status"),
            {_status(key): number for key, number in summary.dossiers.items()},
        ),
        (inline("Sự kiện theo chủ đề", "events by topic"), {key: number for key, number in summary.events.items() if number}),
        (
            inline("Tin báo theo kết quả", "messages by outcome"),
            {_outcome(key): number for key, number in summary.messages.items()},
        ),
        (inline("Thư trong máy chủ thử", "mails in the sandbox's server"), _mail_words(summary.mails)),
    ):
        _print_table(title, rows)
    show(summary.finding)


def _status(key: str) -> str:
    return f"{key} {inline(*STATUS[int(key)])}"


def _outcome(key: str) -> str:
    return inline(*OUTCOME.get(key, (key, key)))


def _mail_words(mails: dict[str, int]) -> dict[str, int]:
    return {inline("đã nhận", "kept"): mails["kept"], inline("Message-ID khác nhau", "different"): mails["distinct_message_ids"]}


def _print_table(title: str, rows: dict[str, int]) -> None:
    table = Table(title=title, title_justify="left", box=None, show_header=False, pad_edge=False)
    table.add_column(min_width=58)
    table.add_column(justify="right")
    for name, number in rows.items():
        table.add_row(name, str(number))
    out.print(table)
    out.print()
