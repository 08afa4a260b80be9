"""directory listens to nobody: it publishes what the others keep copies of."""

from messaging.handler_table import Table
from services.directory.repository.publication import PUBLICATION

TABLE = Table("directory", reads=(), publishes=PUBLICATION)
