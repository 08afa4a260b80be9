"""directory listens to nobody: it publishes what the others keep copies of."""

from messaging.handler_table import Table

TABLE = Table("directory", reads=())
