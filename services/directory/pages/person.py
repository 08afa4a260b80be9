"""A person as their administrator changes them: name, posts that end, a post that begins. Somebody new gets a password later."""

from collections.abc import Iterator
from dataclasses import replace

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from chassis.process import CurrentProcess
from contracts.directory import PostV1, StaffV1
from contracts.refusal import Invalid
from contracts.values import Identifier
from services.directory.access import Administrator
from services.directory.domain.accounts import NEVER_VOID
from services.directory.importer.csv_writer import write_people
from services.directory.pages.forms import PersonForm
from services.directory.pages.proposals import offer, show_form
from services.directory.queries.register import find_administered, is_known, post_choices
from web.forms import Form, blank, read_form
from web.pages import CurrentPages

router = APIRouter(prefix="/directory/staff", include_in_schema=False)


class KnownAlready(Invalid):
    def __init__(self) -> None:
        super().__init__(
            "known-already",
            vi="Đã có người mang tên đăng nhập này. Hãy chọn tên khác, hoặc sửa vị trí của người đó trong danh sách cán bộ.",
            en="Somebody has this user name already. Choose another one, or change that person's posts in the list of staff.",
            field="username",
        )


@router.get("/new")
async def new(request: Request, pages: CurrentPages, process: CurrentProcess, by: Administrator) -> Response:
    return show_form(request, pages, "person.html", blank(), staff=None, choices=await post_choices(process, by))


@router.post("/new")
async def add(request: Request, pages: CurrentPages, process: CurrentProcess, by: Administrator) -> Response:
    """The user name becomes the person's id, which never changes."""
    form = await read_form(request, PersonForm, pages.texts)
    answer: Response | Form[PersonForm] = form
    if form.data is not None:
        staff_id = form.data.username.lower()
        if await is_known(process, staff_id):
            answer = form.refused(KnownAlready())
        else:
            typed = StaffV1(id=staff_id, username=staff_id, name=form.data.name, active=True, tokens_valid_from=NEVER_VOID)
            answer = await offer(process, by, write_people([_with_posts(typed, form.data)]), form)
    if isinstance(answer, Form):
        return show_form(request, pages, "person.html", answer, staff=None, choices=await post_choices(process, by))
    return answer


@router.get("/{staff_id}/edit")
async def ask(
    request: Request, staff_id: Identifier, pages: CurrentPages, process: CurrentProcess, by: Administrator
) -> Response:
    staff = await find_administered(process, by, staff_id)
    known = blank(name=staff.name, username=staff.username)
    known = replace(known, values={**known.values, "kept": [_key(post) for post in staff.posts]})
    return show_form(request, pages, "person.html", known, staff=staff, choices=await post_choices(process, by))


@router.post("/{staff_id}/edit")
async def change(
    request: Request, staff_id: Identifier, pages: CurrentPages, process: CurrentProcess, by: Administrator
) -> Response:
    staff = await find_administered(process, by, staff_id)
    form = await read_form(request, PersonForm, pages.texts)
    answer: Response | Form[PersonForm] = form
    if form.data is not None:
        answer = await offer(process, by, write_people([_with_posts(staff, form.data)]), form)
    if isinstance(answer, Form):
        return show_form(request, pages, "person.html", answer, staff=staff, choices=await post_choices(process, by))
    return answer


def _with_posts(staff: StaffV1, typed: PersonForm) -> StaffV1:
    posts = [*_posts(staff, typed)]
    return staff.model_copy(update={"name": typed.name, "username": typed.username, "posts": posts})


def _posts(staff: StaffV1, typed: PersonForm) -> Iterator[PostV1]:
    """A post that is added again has other fields from now on."""
    added = None if typed.unit is None or typed.role is None else PostV1(unit=typed.unit, role=typed.role, fields=typed.fields)
    for post in staff.posts:
        if _key(post) in typed.kept and (added is None or _key(post) != _key(added)):
            yield post
    if added is not None:
        yield added


def _key(post: PostV1) -> str:
    return f"{post.unit} {post.role}"
