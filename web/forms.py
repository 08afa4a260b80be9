"""A form comes back as it was typed, with every mistake named at once: nobody types a page twice or finds errors one by one.

A page reads the form with `read_form`, shows it again (422) while `form.data` is None, and shows `form.refused(refusal)` when
the rules say no.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any, Final, Generic, Self, TypeVar, get_origin

from markupsafe import escape
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData
from starlette.requests import Request

from contracts.refusal import Invalid, Refusal
from web.languages import Texts, for_people, layout_texts
from web.problems import FieldProblem
from web.validation import field_problems

M = TypeVar("M", bound=BaseModel)
ENTER_FIELD: Final = "enter"
SHOWN: Final = frozenset({HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED, HTTPStatus.UNPROCESSABLE_ENTITY})
"""Refusals that are said at the form; any other has a page of its own."""
MOST_SHOWN: Final = 32 * 1024
"""Bytes of what was typed, as a page has them."""


@dataclass(frozen=True)
class Form(Generic[M]):
    """`values` as typed (for the page), `data` if all of it is right, `problems` in the order of the model's fields."""

    values: Mapping[str, str | list[str]] = field(default_factory=dict)
    problems: Sequence[FieldProblem] = ()
    data: M | None = None

    def value(self, name: str) -> str:
        value = self.values.get(name, "")
        return value if isinstance(value, str) else ", ".join(value)

    def chosen(self, name: str, option: object) -> bool:
        """Whether an option of a select, radio or checkbox is the one, or among those, that were chosen."""
        value = self.values.get(name, "")
        return str(option) in ([value] if isinstance(value, str) else value)

    def problem(self, name: str) -> FieldProblem | None:
        return next((problem for problem in self.problems if problem.field == name), None)

    def refused(self, refusal: Refusal) -> Self:
        """The same form, refused by the rules: at the field to blame, or above the form."""
        said = for_people(refusal.code, vi=refusal.vi, en=refusal.en)
        problem = FieldProblem(field=refusal.field or "", **said)
        return replace(self, problems=[*self.problems, problem], data=None)

    def lacking(self, name: str, texts: Texts) -> Self:
        """The same form, with a field named in which nothing was chosen."""
        return replace(
            self,
            problems=[*self.problems, *field_problems([{"type": "missing", "loc": (name,)}], texts, on_page=True)],
            data=None,
        )


class SentByEnter(Invalid):
    """Enter in a field, where only a button of its own does something. Nothing was done."""

    def __init__(self) -> None:
        super().__init__("sent-by-enter", **layout_texts().in_each("on_page.sent-by-enter"))


async def require_button(request: Request) -> None:
    """Raises SentByEnter for a form with the component `no_enter`."""
    if (await request.form()).get(ENTER_FIELD):
        raise SentByEnter


def blank(**values: object) -> Form[BaseModel]:
    """An unsent form, with what is known filled in."""
    return Form(values={name: str(value) for name, value in values.items() if value is not None})


async def read_form(request: Request, model: type[M], texts: Texts) -> Form[M]:
    return read_fields(await request.form(), model, texts)


def read_fields(fields: FormData, model: type[M], texts: Texts) -> Form[M]:
    """Flat fields by the model's names. Empty means not given; a list field takes every value of its name."""
    typed = _typed(fields, model)
    given, shown = {name: value for name, value in typed.items() if value not in ("", [])}, _shown(typed)
    try:
        return Form(values=shown, data=model.model_validate(given))
    except ValidationError as error:
        mistakes: list[Any] = list(error.errors())
        return Form(values=shown, problems=field_problems([_at_field(mistake) for mistake in mistakes], texts, on_page=True))


def _shown(typed: Mapping[str, str | list[str]]) -> dict[str, str | list[str]]:
    """What the page shows again: all of it, unless somebody typed more than a page holds; then the fields that still fit."""
    left, shown = MOST_SHOWN, dict[str, str | list[str]]()
    for name, value in typed.items():
        size = sum(len(escape(text).encode("utf-8", "replace")) for text in ([value] if isinstance(value, str) else value))
        if size <= left:
            left, shown[name] = left - size, value
    return shown


def _typed(form: FormData, model: type[BaseModel]) -> dict[str, str | list[str]]:
    typed: dict[str, str | list[str]] = {}
    for name, info in model.model_fields.items():
        texts = [value.strip() for value in form.getlist(name) if isinstance(value, str)]
        many = get_origin(info.annotation) in {list, tuple, set, frozenset}
        if many:
            typed[name] = [text for text in texts if text]
        elif texts:
            # A browser sends line ends as CRLF; what is counted and kept is what was typed.
            typed[name] = texts[-1].replace("\r\n", "\n")
    return typed


def _at_field(mistake: dict[str, Any]) -> dict[str, Any]:
    """A mistake inside a list belongs to the one field that is on the page."""
    return {**mistake, "loc": mistake["loc"][:1]}
