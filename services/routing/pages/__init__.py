"""The pages of routing: the work list, one case with what its reader may do, who is away. Also while intake is away."""

from services.routing.pages import absences, case, cases, counts, extension, signature, stop, supplement

ROUTERS = (
    counts.router,
    cases.router,
    case.router,
    absences.router,
    supplement.router,
    stop.router,
    extension.router,
    signature.router,
)
