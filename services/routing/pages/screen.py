"""What a page is made from, besides what it shows."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from chassis.process import CurrentProcess, Process
from services.routing.access import Worker
from web.pages import CurrentPages, Pages
from web.principal import Principal


@dataclass(frozen=True, slots=True)
class Screen:
    """One page, for one request."""

    request: Request
    process: Process
    pages: Pages
    person: Principal


async def screen_of(request: Request, process: CurrentProcess, pages: CurrentPages, person: Worker) -> Screen:
    return Screen(request, process, pages, person)


CurrentScreen = Annotated[Screen, Depends(screen_of)]
