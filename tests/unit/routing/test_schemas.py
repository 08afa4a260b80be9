"""What the API answers keeps its fields, their order and their nulls: programs of others read it."""

import json
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from chassis.process import build
from contracts.values import Lane, Outcome
from messaging.handler_table import Context, numbered
from services.routing.api import absences, cases, endings, signature, supplements
from services.routing.commands.case import LimitedExtension
from services.routing.commands.due import NoteDue
from services.routing.commands.table import COMMANDS
from services.routing.domain.assignment import Competent, Ledger
from services.routing.domain.case import Actor, Case
from services.routing.domain.history import Person
from services.routing.domain.ruling import Ruling
from services.routing.handlers.arrival import open_case
from services.routing.handlers.work import Assignee, assign, decide
from services.routing.main import SERVICE
from services.routing.queries.lists import case_line
from services.routing.schemas.endings import AnswerExtension, AskExtension, StopCase
from services.routing.schemas.requests import AssignCase, AssignCases, DecideCase, NoteAbsence
from services.routing.schemas.signature import ReturnDraft, SignDrafts, SubmitDraft
from services.routing.schemas.views import CaseChanged, CaseDetail, CasePage
from tests.support.reference_data import DISTRICT
from tests.support.routing_world import NOW, accepted, attributes, routing_settings

AN, BINH, CHI = Person("cb-an", "An"), Person("cb-binh", "Bình"), Person("cb-chi", "Chi")
LEADER = Actor(CHI, leads=True)

HEAD = """{"id":"d-1","code":"000.00.21.H99-260216-0007","version":%d,"state":"%s",\
"competent_unit":{"id":"000.00.21.H99","name":"Phòng chuyên môn huyện Hà An"},\
"receiving_unit":{"id":"000.00.21.H99","name":"Bộ phận Một cửa huyện Hà An"},\
"procedure":{"code":"1.900011","version":1,"title":"Chuyển quyền sử dụng đất cho con","field":"dat-dai","field_title":"Đất đai"},\
"accepted_at":"2026-02-16T09:00:00+07:00","promised_at":"2026-02-26T09:00:00+07:00","provisional":null,"""
PAPERS = """"lane":"district","papers":[{"code":"to-khai","title":"Tờ khai","file":null,"size":null,"sha256":null},\
{"code":"giay-to-goc","title":"Giấy tờ gốc","file":null,"size":null,"sha256":null}],\
"opened_at":"2026-02-16T09:00:00+07:00","""
OPENED = """{"number":1,"act":"opened","at":"2026-02-16T09:00:00+07:00","by":null,"officer":null,"comment":null},\
{"number":2,"act":"assigned","at":"2026-02-16T09:00:00+07:00","by":null,"officer":{"id":"cb-an","name":"An"},"comment":null}"""
ASSIGNED_CASE = (
    HEAD % (2, "assigned")
    + """"officer":"cb-an","officer_name":"An","needs_hand":null,"outcome":null,"decided_at":null,"""
    + PAPERS
    + """"assigned_at":"2026-02-16T09:00:00+07:00","result_number":null,"reason":null,"decided_by":null,\
"withdrawal":null,"stop":null,"extension_asked":null,"extensions":0,"signed_by_leader":false,"proposal":null,"history":["""
    + OPENED
    + "]}"
)
DECIDED_CASE = (
    HEAD % (4, "decided")
    + """"officer":"cb-binh","officer_name":"Bình","needs_hand":null,\
"outcome":"declined","decided_at":"2026-02-16T11:00:00+07:00","""
    + PAPERS
    + """"assigned_at":"2026-02-16T10:00:00+07:00","result_number":null,"reason":"Vì thế.",\
"decided_by":{"id":"cb-chi","name":"Chi"},"withdrawal":null,"stop":null,"extension_asked":null,"extensions":0,"signed_by_leader":false,"proposal":null,"history":["""
    + OPENED
    + """,{"number":3,"act":"assigned","at":"2026-02-16T10:00:00+07:00","by":{"id":"cb-chi","name":"Chi"},\
"officer":{"id":"cb-binh","name":"Bình"},"comment":null},\
{"number":4,"act":"decided","at":"2026-02-16T11:00:00+07:00","by":{"id":"cb-chi","name":"Chi"},\
"officer":{"id":"cb-binh","name":"Bình"},"comment":null}]}"""
)
LIST_PAGE = (
    '{"cases":['
    + HEAD % (1, "unassigned")
    + '"officer":null,"officer_name":null,"needs_hand":null,"outcome":null,"decided_at":null}],"next":"behind-it"}'
)


def assigned_case() -> Case:
    event = accepted(number=7)
    ledger = Ledger({event.competent_unit.id: [Competent(AN)]})
    case, _ = numbered(
        open_case(None, event, Context(attributes("d-1", event, 2), NOW, ledger, Lane.DISTRICT)), NOW, correlation=None
    )
    return case


def decided_case() -> Case:
    moved = assign(assigned_case(), Assignee(BINH, officer_here=True), LEADER, NOW + timedelta(hours=1))
    case, _ = numbered(moved, NOW, correlation=None)
    declined = decide(case, Ruling(Outcome.DECLINED, reason="Vì thế."), LEADER, NOW + timedelta(hours=2))
    case, _ = numbered(declined, NOW, correlation=None)
    return case


@pytest.mark.parametrize(("case", "answer"), [(assigned_case(), ASSIGNED_CASE), (decided_case(), DECIDED_CASE)])
def test_one_case(case: Case, answer: str) -> None:
    assert CaseDetail.of(case, case.pending_history).model_dump_json(by_alias=True) == answer


def test_a_page_of_a_list() -> None:
    case = assigned_case()
    row = SimpleNamespace(
        **{name: getattr(case, name) for name in ("id", "code", "accepted_at", "promised_at")},
        version=1,
        competent_unit=DISTRICT,
        competent_unit_name=case.competent_unit.name,
        receiving_unit=DISTRICT,
        receiving_unit_name=case.receiving_unit.name,
        procedure=case.procedure.model_dump(mode="json"),
        officer=None,
        officer_name=None,
        needs_hand=None,
        outcome=None,
        decided_at=None,
        withdrawn_at=None,
        stopped_at=None,
        waiting_since=None,
        pause=None,
        submitted_at=None,
        provisional=None,
    )
    assert CasePage(cases=[case_line(row)], next="behind-it").model_dump_json(by_alias=True) == LIST_PAGE


def test_what_a_command_answers() -> None:
    assert CaseChanged.model_validate(decided_case()).model_dump_json() == '{"id":"d-1","version":4,"state":"decided"}'


def models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation


def test_every_route_has_a_frozen_model_of_its_answer() -> None:
    routes = [
        route
        for module in (cases, absences, endings, signature, supplements)
        for route in module.router.routes
        if isinstance(route, APIRoute)
    ]
    assert len(routes) == 17
    for route in routes:
        (model,) = models(route.response_model)
        assert model.model_config["frozen"], route.path


def test_a_request_cannot_be_changed_on_its_way() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        DecideCase(outcome=Outcome.GRANTED).outcome = Outcome.DECLINED  # type: ignore[misc]


ENDINGS = (
    "/decide",
    "/assign",
    "/supplement",
    "/payment",
    "/stop",
    "/extend",
    "/answer-extension",
    "/submit",
    "/take-back",
    "/return",
    "/sign",
)


def test_openapi_names_what_a_program_sends_and_gets() -> None:
    document = build(SERVICE, routing_settings(), "postgresql+psycopg://nobody@127.0.0.1:9/routing").openapi()
    schemas = document["components"]["schemas"]
    assert list(schemas["Step"]["properties"]) == ["number", "act", "at", "by", "officer", "comment"]
    commands = {
        path: operations["post"] for path, operations in document["paths"].items() if path.endswith((*ENDINGS, "/absences"))
    }
    assert len(commands) == len([entry for entry in COMMANDS.entries if entry.body is not NoteDue]), "that is the clock's"
    for request, action in (
        (DecideCase, "decide"),
        (AssignCase, "assign"),
        (StopCase, "stop"),
        (AskExtension, "extend"),
        (AnswerExtension, "answer-extension"),
        (SubmitDraft, "submit"),
        (ReturnDraft, "return"),
    ):
        assert (LimitedExtension if request is AskExtension else request) in COMMANDS.by_body
        operation = commands[f"/api/routing/cases/{{case}}/{action}"]
        assert f'/{request.__name__}"' in json.dumps(operation["requestBody"])
        assert "CaseChanged" in json.dumps(operation["responses"]["200"])
        assert {parameter["name"] for parameter in operation["parameters"]} == {"case", "Idempotency-Key", "If-Match"}
        assert "Problem" in json.dumps(operation["responses"]["4XX"])
    for request, path in ((AssignCases, "cases/assign"), (SignDrafts, "cases/sign"), (NoteAbsence, "absences")):
        assert request in COMMANDS.by_body
        operation = commands[f"/api/routing/{path}"]
        assert f'/{request.__name__}"' in json.dumps(operation["requestBody"])
        assert {parameter["name"] for parameter in operation["parameters"]} == {"Idempotency-Key"}


@pytest.mark.parametrize("version", [True, "1", 1.0])
def test_a_version_is_a_number_and_nothing_that_can_be_read_as_one(version: object) -> None:
    """`false` was taken for the version 0."""
    with pytest.raises(ValidationError, match="version"):
        AssignCases.model_validate({"officer": "cb-an", "cases": [{"case": "d-1", "version": version}]})
