"""Where the numbers of what routing publishes stand."""

from typing import Final

from contracts.topics import CASES
from messaging.publication import Numbered, Publication

PUBLICATION: Final = Publication(numbered=(Numbered(topic=CASES, table="routing_case"),))
