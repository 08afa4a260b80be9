"""How the services say it: outbox, relay, batch consumer, waiting room, dead letters. Knows no event by name."""
