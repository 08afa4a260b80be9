"""Every text that a service takes in is refused with a hidden character in it, whichever route or form takes it."""

from collections.abc import Iterator
from importlib import import_module
from typing import Annotated, Any, get_args

import pytest
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError

from chassis.dead_letters import dead_letters_router
from contracts.services import SERVICES
from services.intake.pages import forms

READ_TOLERANTLY = {
    "ConfirmAddress.confirmation",
    "FindApplicant.identity_number",
    "FindDossiers.after",
    "FindDossiers.q",
    "ResubmitBySecret.secret",
    "HandInBySecret.secret",
    "EnrolmentConfirmed.code",
    "EnrolmentConfirmed.password",
    "EnrolmentConfirmed.sealed",
    "EnrolmentConfirmed.username",
    "NewPassword.code",
    "NewPassword.password",
    "NewPassword.username",
    "SignIn.code",
    "SignIn.password",
    "SignIn.username",
    "TrackDossier.code",
    "TrackDossier.secret",
    "TrackingForm.code",
    "TrackingForm.secret",
    "WithdrawBySecret.secret",
    "VoucherGiven.voucher",
}
"""Looked up or compared, never shown: there a hidden character is passed over."""
AS_TYPED = {"TypedForm"}
"""What is shown again to who typed it, and taken in by another form."""
FORMS = [kind for kind in vars(forms).values() if isinstance(kind, type) and issubclass(kind, BaseModel)]


def routes(service: str) -> Iterator[APIRoute]:
    for router in (*import_module(f"services.{service}.main").SERVICE.routers, dead_letters_router(service)):
        yield from (route for route in router.routes if isinstance(route, APIRoute))


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models_in(field.annotation)
    for inner in get_args(annotation):
        yield from models_in(inner)


def taken_in() -> set[type[BaseModel]]:
    bodies = [parameter.field_info.annotation for name in SERVICES for route in routes(name) for parameter in bodies_of(route)]
    return {model for annotation in (*bodies, *FORMS) for model in models_in(annotation) if model.__name__ not in AS_TYPED}


def bodies_of(route: APIRoute) -> list[Any]:
    return list(route.dependant.body_params)


def text_fields() -> Iterator[tuple[str, TypeAdapter[Any]]]:
    for model in sorted(taken_in(), key=lambda kind: kind.__name__):
        for name, field in model.model_fields.items():
            adapter: TypeAdapter[Any] = TypeAdapter(
                Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
            )
            try:
                adapter.validate_python("Lê Văn")
            except (ValidationError, AttributeError, TypeError):
                continue
            yield f"{model.__name__}.{name}", adapter


FIELDS = dict(text_fields())


def test_the_fields_that_are_known_are_among_them() -> None:
    known = {
        "GivenApplicant.name",
        "SubmissionForm.address",
        "RefuseDossier.reason",
        "MissingLine.reason",
        "DecideCase.result_number",
    }
    assert known | {"Skip.why"} <= FIELDS.keys()
    assert FIELDS.keys() >= READ_TOLERANTLY


@pytest.mark.parametrize("field", sorted(FIELDS.keys() - READ_TOLERANTLY))
def test_a_hidden_character_is_refused(field: str) -> None:
    with pytest.raises(ValidationError, match=r"U\+202E"):
        FIELDS[field].validate_python("Lê \u202eVăn")
