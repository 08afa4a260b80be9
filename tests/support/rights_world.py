"""The five services, each with one dossier (or what it has of it) and somebody in each role at each place, and what each route is
asked there. A command names a version that nobody has seen: who may give it gets 412, and nothing happens.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

import httpx
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from chassis.process import build
from chassis.settings import ProcessSettings
from contracts.directory import SigningV1, UnitV1
from contracts.intake import UnitRef
from contracts.values import Tier
from services.directory.importer.csv_writer import write_units
from services.reporting.main import SERVICE as REPORTING
from tests.support import directory_world, intake_world, notify_world, routing_world
from tests.support.draft_pages import is_draft
from tests.support.intake_events import APPLICANT, new_dossier
from tests.support.reference_data import CENTRE, DISTRICT, INSURANCE, INSURANCE_CARD, LAND, REVISE, ROOT_KEYS, people, vouched
from tests.support.reporting_events import DUE, LATE, NOW
from tests.support.reporting_world import CLOSED_PORT, World
from tests.support.rights_table import askers
from tests.support.servers import PostgresServer
from web.openapi import read_path

NEVER_SEEN: Final = "999"
_UNIT: Final = UnitV1(
    id="H99.21.05.77", name="Xã Mới", tier=Tier.COMMUNE, parent=DISTRICT, valid_from=date(2027, 1, 1), calendar="mot-cua"
)
_YEAR: Final = {"from": "2025-12-15", "to": "2026-12-15", "through": "2026-12-14"}


@dataclass(frozen=True, kw_only=True)
class Question:
    """What a route is asked with. `path`: values of the path's parameters that are others than the service's own."""

    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    path: Mapping[str, str] = field(default_factory=dict)
    looks_for: str = ""


@dataclass(frozen=True, kw_only=True)
class Served:
    """A service: `path` fills its routes' parameters, `questions` are by line of the table."""

    app: FastAPI
    path: Mapping[str, str]
    questions: Mapping[str, Question]

    def routes(self) -> set[str]:
        """Every route that the application answers."""
        contexts = [context for route in self.app.routes for context in _contexts(route)]
        return {f"{method} {read_path(context.path)}" for context in contexts for method in context.methods - {"HEAD"}}


def _contexts(route: Any) -> list[Any]:
    return list(route.effective_route_contexts()) if hasattr(route, "effective_route_contexts") else [route]


@asynccontextmanager
async def intake(postgres: PostgresServer, folder: Path) -> AsyncIterator[Served]:
    async with intake_world.intake_world(postgres, folder) as world:
        await _add_people(world.database)
        dossier = await world.receive(procedure=INSURANCE_CARD)
        submitted = await world.submit(applicant=APPLICANT | {"identity_number": "034099000002"})
        known = Question(query={"identity_number": APPLICANT["identity_number"]}, looks_for=APPLICANT["name"])
        form = {"unit": DISTRICT, "procedure": LAND, "identity_number": APPLICANT["identity_number"], "act": "open"}
        listed = Question(query={"unit": DISTRICT}, looks_for=dossier["code"])
        secret = {"code": submitted["submission_number"], "secret": submitted["secret"]}
        questions = {
            "POST /api/intake/dossiers": Question(body=new_dossier()),
            "GET /api/intake/dossiers": listed,
            "GET /api/intake/dossiers (of one's only unit)": Question(looks_for=dossier["code"]),
            "GET /intake/dossiers": listed,
            "GET /intake/dispatch": Question(query={"unit": DISTRICT}),
            "GET /intake/results": Question(query={"unit": DISTRICT}),
            "POST /intake/results": Question(body={"unit": DISTRICT, "q": dossier["code"]}),
            "GET /api/intake/applicants": known,
            "POST /api/intake/applicants": Question(body=known.query, looks_for=APPLICANT["name"]),
            "POST /api/intake/dossiers/search": Question(body=listed.query, looks_for=dossier["code"]),
            "POST /intake/counter": Question(body=form, looks_for=APPLICANT["name"]),
            "GET /api/intake/promise": Question(query={"unit": DISTRICT, "procedure": LAND}),
            "POST /api/intake/promises/preview": Question(
                body={"id": "mot-cua", "name": "Lịch", "weekly": {"mon": [["07:30", "17:00"]]}}
            ),
            "POST /api/intake/guidance": Question(body={"unit": DISTRICT, "kind": "in_person"}),
            "POST /intake/guidance": Question(body={"unit": DISTRICT, "kind": "in_person"}),
            "POST /api/intake/submissions": Question(body={k: v for k, v in new_dossier().items() if k != "accept"}),
            "GET /api/intake/track": Question(query=secret),
            "POST /api/intake/track": Question(body=secret),
            "POST /api/intake/submissions/{submission_number}/withdraw": Question(body={"secret": submitted["secret"]}),
            "POST /api/intake/submissions/{submission_number}/resubmit": Question(
                body={"papers": [], "secret": submitted["secret"]}
            ),
            "POST /api/intake/submissions/{submission_number}/hand-in": Question(
                body={"papers": [], "secret": submitted["secret"]}
            ),
        }
        for prefix in ("/api/intake", "/intake"):
            for step, body in _STEPS.items():
                questions[f"POST {prefix}/dossiers/{{dossier}}/{step}"] = Question(body=body)
        path = {"dossier": dossier["id"], "submission_number": submitted["submission_number"]}
        yield Served(app=world.app, path=path, questions=questions)


_STEPS: Final[Mapping[str, Mapping[str, Any]]] = {
    "accept": {},
    "return": {"missing": [{"code": "to-khai", "reason": "Chưa ký"}]},
    "resubmit": {"papers": []},
    "refuse": {"reason": "Không thuộc thẩm quyền"},
    "hand-over": {},
    "remind": {},
    "withdraw": {"reason": "applicant"},
    "hand-in": {"papers": []},
    "record-payment": {},
}


@asynccontextmanager
async def routing(postgres: PostgresServer, _: Path) -> AsyncIterator[Served]:
    url = await postgres.create_database("routing")
    database = await routing_world.routing_database(url)
    await _add_people(database)
    fact = routing_world.accepted(unit=INSURANCE, field="bao-hiem")
    (case,) = await routing_world.open_cases(database, fact)
    draft = fact.model_copy(update={"code": f"{fact.code}1", "signing": SigningV1(kind="QĐ", number_format="{n}/QĐ")})
    (waiting,) = await routing_world.open_cases(database, draft)
    async with database.begin() as connection:
        await connection.execute(_SUBMITTED, {"case": waiting})
    list_of_all = Question(query={"officer": "all"}, looks_for=fact.code)
    list_of_unit = Question(query={"officer": "all", "unit": INSURANCE}, looks_for=fact.code)
    questions = {}
    for prefix in ("/api/routing", "/routing"):
        questions[f"GET {prefix}/cases"] = list_of_all
        questions[f"GET {prefix}/cases (of the deciding unit)"] = list_of_unit
        questions[f"POST {prefix}/absences"] = Question(
            body={"officer": "cb008", "deputy": "cb014", "first_day": "2026-03-02", "last_day": "2026-03-06"}
        )
        questions[f"POST {prefix}/cases/{{case}}/decide"] = Question(body={"outcome": "granted"})
        questions[f"POST {prefix}/cases/{{case}}/extend"] = Question(body={"ground": "workload", "until": "2026-12-18"})
        questions[f"POST {prefix}/cases/{{case}}/answer-extension"] = Question(body={"confirm": True})
        questions[f"POST {prefix}/cases/{{case}}/stop"] = Question(body={"ground": "asked-by-agency"})
        questions[f"POST {prefix}/cases/assign"] = Question(
            body={"officer": "cb008", "cases": [{"case": case, "version": 999}] if "api" in prefix else [f"{case}:999"]}
        )
        questions[f"POST {prefix}/cases/{{case}}/assign"] = Question(body={"officer": "cb008"})
        asked = {"missing": [{"code": "to-khai", "reason": "absent"}]} if "api" in prefix else {"reason-to-khai": "absent"}
        questions[f"POST {prefix}/cases/{{case}}/supplement"] = Question(body=asked)
        questions[f"POST {prefix}/cases/{{case}}/payment"] = Question(body={"amount": 1000})
        questions[f"POST {prefix}/cases/{{case}}/submit"] = Question(body={"outcome": "granted"})
        questions[f"POST {prefix}/cases/{{case}}/return"] = Question(body={"comment": "Sửa lại."})
        questions[f"POST {prefix}/cases/{{case}}/sign"] = Question(body={"sure": "yes"})
    questions["POST /api/routing/cases/sign"] = Question(body={"cases": [{"case": waiting, "version": 999}]})
    questions["POST /routing/signing"] = Question(body={"drafts": [f"{waiting}:999"]})
    questions["GET /routing/signing"] = Question(looks_for=draft.code)
    async with routing_world.running(url) as app:
        yield Served(app=app, path={"case": case}, questions=questions)
    await database.dispose()


@asynccontextmanager
async def notify(postgres: PostgresServer, _: Path) -> AsyncIterator[Served]:
    async with notify_world.notify_database(await postgres.create_database("notify")) as world:
        await _add_people(world.database)
        person = notify_world.somebody()
        deciding = UnitRef(id=INSURANCE, name="Bảo hiểm xã hội huyện Hà An")
        await world.receive(person, notify_world.accepted(person, competent_unit=deciding))
        looks = Question(looks_for=person.code)
        async with notify_world.running(world, notify_world.settings_for(None)) as app:
            questions = {"GET /api/notify/messages": looks, "GET /notify/messages": looks}
            yield Served(app=app, path={"message": person.first}, questions=questions)


@asynccontextmanager
async def reporting(postgres: PostgresServer, _: Path) -> AsyncIterator[Served]:
    async with World.empty(postgres) as world:
        await _add_people(world.database)
        await world.read([*LATE.events(), *DUE.events()])
        app = build(REPORTING, ProcessSettings(kafka=CLOSED_PORT, root_keys=ROOT_KEYS, clock=NOW.isoformat()), world.url)
        questions = {}
        for kind in ("figures", "dossiers", "guidance"):
            looks_for = LATE.code if kind == "dossiers" else ""
            for prefix in ("/api/reporting", "/reporting"):
                questions[f"GET {prefix}/{kind}"] = Question(query=_YEAR, looks_for=looks_for)
            questions[f"GET /api/reporting/{kind} (of the district)"] = Question(query=_YEAR | {"unit": DISTRICT})
        questions["GET /reporting/board"] = Question(looks_for=f"Thủ tục {DUE.field}")
        questions["GET /reporting/board (of the district)"] = Question(query={"unit": DISTRICT})
        questions["GET /reporting/board/dossiers"] = Question(query={"waiting": "due_soon"}, looks_for=DUE.code)
        async with app.router.lifespan_context(app):
            yield Served(app=app, path={}, questions=questions)


@asynccontextmanager
async def directory(postgres: PostgresServer, folder: Path) -> AsyncIterator[Served]:
    settings = directory_world.settings_in(folder)
    async with directory_world.running(await postgres.create_database("directory"), settings) as world:
        async with world.database.begin() as connection:
            await connection.execute(_ADD_ACCOUNTS, [_account(staff) for staff in _new_people()])
        mixed = Question(path={"staff_id": "cb008"})
        questions = {
            "POST /api/directory/keys": Question(body={"voucher": vouched()}),
            "GET /api/directory/staff": Question(query={"q": "son"}, looks_for=people()["son"].name),
            "GET /directory/staff": Question(query={"q": "son"}, looks_for=people()["son"].name),
            "GET /api/directory/staff (holds a post elsewhere too)": Question(
                query={"q": "bich"}, looks_for=people()["bich"].name
            ),
            "POST /api/directory/staff/{staff_id}/disable (leads the unit above)": Question(path={"staff_id": "cb002"}),
            "POST /directory/staff/{staff_id}/enable (leads the unit above)": Question(path={"staff_id": "cb002"}),
            "POST /api/directory/staff/{staff_id}/reset-password (leads the unit above)": Question(path={"staff_id": "cb002"}),
            "POST /api/directory/staff/{staff_id}/remove-second-factor (leads the unit above)": Question(
                path={"staff_id": "cb002"}
            ),
            "GET /directory/staff/{staff_id}/second-factor (holds a post elsewhere too)": mixed,
            "POST /directory/staff/{staff_id}/second-factor": Question(body={"why": "lost"}),
            "POST /directory/staff/{staff_id}/second-factor (leads the unit above)": Question(
                path={"staff_id": "cb002"}, body={"why": "lost"}
            ),
            "POST /api/directory/staff/{staff_id}/reset-password (holds a post elsewhere too)": mixed,
            "POST /directory/staff/{staff_id}/reset-password (holds a post elsewhere too)": mixed,
            "POST /api/directory/staff/{staff_id}/disable (holds a post elsewhere too)": mixed,
            "POST /api/directory/staff/{staff_id}/enable (holds a post elsewhere too)": mixed,
            "POST /directory/staff/{staff_id}/disable (holds a post elsewhere too)": mixed,
            "POST /api/directory/staff/{staff_id}/sign-out (holds a post elsewhere too)": mixed,
            "POST /directory/staff/{staff_id}/sign-out (leads the unit above)": Question(path={"staff_id": "cb002"}),
            "POST /api/directory/changes": Question(body={"files": write_units([_UNIT])}),
            "POST /api/directory/changes (a unit that is under nothing)": Question(
                body={"files": write_units([_UNIT.model_copy(update={"parent": None})])}
            ),
            "GET /api/directory/history": Question(query={"of": "cb007"}, looks_for=people()["son"].name),
            "GET /directory/history": Question(query={"of": "cb007"}, looks_for=people()["son"].name),
            "POST /directory/staff/new": Question(body={"name": "Ai Đó", "username": "ai.do", "unit": DISTRICT, "role": "clerk"}),
            "GET /directory/staff/{staff_id}/edit (holds a post elsewhere too)": mixed,
            "POST /directory/staff/{staff_id}/edit": Question(
                body={"name": "Ai Đó", "username": "son", "kept": f"{DISTRICT} leader"}
            ),
            "POST /directory/staff/{staff_id}/edit (holds a post elsewhere too)": mixed,
            "POST /directory/units/new": Question(body=_UNIT.model_dump(mode="json", exclude_none=True)),
            "POST /directory/units/{unit}/edit": Question(
                body=_UNIT.model_dump(mode="json", exclude_none=True) | {"id": DISTRICT, "parent": CENTRE}
            ),
            "POST /directory/calendars/{calendar}": Question(
                body={"date": "2027-06-01", "kind": "local_closure", "name_vi": "A", "name_en": "B"}
            ),
        }
        yield Served(
            app=world.app,
            path={
                "staff_id": "cb007",
                "code": LAND,
                "unit": DISTRICT,
                "calendar": "mot-cua",
                "change": "none",
                "session": "none",
            },
            questions=questions,
        )


_SUBMITTED = text("""
    UPDATE routing_case SET officer = 'cb008', officer_name = 'Bích', assigned_at = now(), submitted_at = now(),
                            submitted_by = 'cb008', submitted_by_name = 'Bích', draft_outcome = 'granted'
    WHERE id = :case
""")
_ADD_COPIES = text("""
    INSERT INTO state_copy (topic, id, version, value) VALUES ('directory.staff', :id, 1, CAST(:value AS jsonb))
""")
_ADD_ACCOUNTS = text("""
    INSERT INTO account (id, version, value, username, name_key) VALUES (:id, 1, CAST(:value AS jsonb), :id, :id)
""")


def _new_people() -> list[Any]:
    return [asker.staff for asker in askers() if asker.staff is not None and asker.staff.id.startswith("x-")]


def _account(staff: Any) -> dict[str, str]:
    return {"id": staff.id, "value": staff.model_dump_json()}


async def _add_people(database: AsyncEngine) -> None:
    async with database.begin() as connection:
        await connection.execute(_ADD_COPIES, [_account(staff) for staff in _new_people()])
        await connection.execute(REVISE)


Start = Callable[[PostgresServer, Path], AbstractAsyncContextManager[Served]]
STARTS: Final[Mapping[str, Start]] = {
    "intake": intake,
    "routing": routing,
    "notify": notify,
    "reporting": reporting,
    "directory": directory,
}


async def ask(http: httpx.AsyncClient, served: Served, line: str, headers: Mapping[str, str]) -> httpx.Response:
    """What the line's route answers; where it leads to a draft, the page that shows it."""
    method, route = line.split(" (", maxsplit=1)[0].split(" ")
    question = served.questions.get(line, Question())
    path = route.format(**{"letter": "1", "bucket": "0", **served.path, **question.path})
    if route.startswith("/api/"):
        given = {**headers, "If-Match": f'"{NEVER_SEEN}"'}
        body = {"json": {"why": "nobody needs it"} if question.body is None else question.body} if method == "POST" else {}
    else:
        given = {**headers, "Accept": "text/html"}
        hidden = {"idempotency_key": headers["Idempotency-Key"], "if_match": NEVER_SEEN}
        body = {"data": {**(question.body or {}), **hidden}} if method == "POST" else {}
    answer = await http.request(method, path, params=question.query, headers=given, **body)
    return await http.get(answer.headers["location"], headers=given) if is_draft(answer) else answer
