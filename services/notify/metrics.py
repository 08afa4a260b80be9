"""Notify's own metrics and their meaning."""

from prometheus_client import Counter

ATTEMPTS = Counter("motcua_message_attempts", "Attempts to send a message, by what came of them", ["channel", "verdict"])
