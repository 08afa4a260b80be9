"""The JSON surface of routing."""
