"""directory listens to nobody: it publishes what the others keep copies of."""

from messaging.handling import Table

TABLE = Table("directory", reads=())
