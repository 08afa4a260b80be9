"""Lives as events, without HTTP, until nothing is under way; beside them the same rows copied and the same records produced.

A life: the post has collected a dossier (a record on `post.shipments`). Intake opens its seal and submits it; a clerk's command
accepts it; routing opens the case and assigns it; intake takes it up; an officer's command decides it; intake records that.
Notify owes a message for submission, acceptance and decision, and sends it by mail or says why not; reporting counts every fact.
The two commands run in the engine that the services run them in, here and without a server in front; all else in the services.
"""

from bench.pipeline.measurement import run

__all__ = ["run"]
