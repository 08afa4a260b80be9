"""How the services say it: outbox, relay, batch consumer, parking lot, dead letters. Knows no event by name."""
