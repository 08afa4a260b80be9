"""Every error of every API is one shape (RFC 9457, application/problem+json), in both languages, with what to do next."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field

from contracts.refusal import Refusal

MEDIA_TYPE: Final = "application/problem+json"


class FieldProblem(BaseModel):
    """What is wrong with one field; `field` is a path such as `applicant.name` or `papers.0.code`."""

    model_config = ConfigDict(frozen=True)

    field: str
    vi: str
    en: str

    def said_in(self, language: str) -> str:
        text: str = getattr(self, language)
        return text


class Problem(BaseModel):
    model_config = ConfigDict(frozen=True)

    type: str = Field(description="urn:motcua:problem:<code>")
    title: str
    status: int
    code: str = Field(description="stable: programs decide by it")
    detail: str = Field(description="the message in the reader's language")
    vi: str
    en: str
    errors: list[FieldProblem] = Field(default_factory=list)

    @classmethod
    def of(
        cls, status: int, code: str, *, vi: str, en: str, errors: Sequence[FieldProblem] = (), title: str | None = None
    ) -> Self:
        return cls(
            type=f"urn:motcua:problem:{code}",
            title=title or HTTPStatus(status).phrase,
            status=status,
            code=code,
            detail=vi,
            vi=vi,
            en=en,
            errors=list(errors),
        )

    @classmethod
    def of_refusal(cls, refusal: Refusal) -> Self:
        errors = [FieldProblem(field=refusal.field, vi=refusal.vi, en=refusal.en)] if refusal.field else []
        return cls.of(refusal.status, refusal.code, vi=refusal.vi, en=refusal.en, errors=errors)

    def said_in(self, language: str) -> str:
        text: str = getattr(self, language)
        return text


class Unavailable(Exception):  # noqa: N818 -- it is the service that is unavailable
    """A fault of the infrastructure that passes: 503, come back after `retry_after` seconds."""

    def __init__(self, retry_after: int = 5) -> None:
        super().__init__(f"unavailable, retry after {retry_after} s")
        self.retry_after = retry_after


def _documented(description: str) -> dict[str, Any]:
    return {"description": description, "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}


RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": _documented("Refused: the code says why, `vi` and `en` say what to do."),
    "5XX": _documented("Not the caller's fault: 503 says in Retry-After when to come back."),
}
