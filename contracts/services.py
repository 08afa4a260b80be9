"""The services, declared once. Dead-letter topics, databases, processes, import rules and tests are derived from here.

A test compares the declaration with the folders of `services/`, with the files of this package and with pyproject's rules.
"""

from typing import Final

SERVICES: Final = ("directory", "intake", "routing", "notify", "reporting")
"""`services/<name>/`, in the order of the flow: directory first, whose reference data the others copy."""

POST: Final = "post"
"""Another organisation. It publishes under its own name and is no service of ours."""

MESSAGING: Final = "messaging"
"""The library. What it has to say about any service, each service publishes on a topic of its own."""

OWNERS: Final = (*SERVICES, POST, MESSAGING)
"""Who may own topics and events: `contracts/<owner>.py` holds an owner's events, if it has any."""
