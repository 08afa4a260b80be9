"""A draft is saved while its owner types, where a script asks for it, and thrown away when they say so."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.addresses import page_above
from web.csrf import own_site
from web.drafts import Draft, draft_id, of_person, opened, owner_of, store_of, typed_in
from web.late_forms import takes_draft
from web.pages import CurrentPages
from web.signin import SignedIn, Visitor

FormPath = Annotated[str, Query(alias="form", max_length=200, pattern="^/[a-z0-9/_-]+$")]


def draft_router(service: str) -> APIRouter:
    router = APIRouter(prefix=f"/{service}/drafts", include_in_schema=False)

    @router.post("")
    async def save(request: Request, pages: CurrentPages, person: SignedIn, form: FormPath) -> Response:
        """`form`: where the form would be sent. Answers with a line that says so; nothing where no page shows such a draft."""
        page, store = page_above(request, form), store_of(request)
        if store is None or not takes_draft(request, page):
            return Response(status_code=HTTPStatus.NO_CONTENT)
        draft = Draft(id=await draft_id(request), path=form, pairs=await typed_in(request))
        await store.keep(of_person(person), page, draft)
        return pages.render(request, "draft-saved.html")

    @router.post("/discard", dependencies=[Depends(own_site)])
    async def discard(request: Request, person: Visitor) -> Response:
        """Back to the page, empty."""
        ident, owner, store = await draft_id(request), owner_of(request, person), store_of(request)
        draft = await opened(request, person, ident)
        if draft is None or owner is None or store is None:
            return RedirectResponse("/", HTTPStatus.SEE_OTHER)
        await store.discard(owner, ident)
        return RedirectResponse(page_above(request, draft.path), HTTPStatus.SEE_OTHER)

    return router
