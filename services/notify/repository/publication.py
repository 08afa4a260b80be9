"""Where the numbers of what notify publishes stand."""

from typing import Final

from contracts.topics import MESSAGES
from messaging.publication import Numbered, Publication

PUBLICATION: Final = Publication(numbered=(Numbered(topic=MESSAGES, table="message"),))
