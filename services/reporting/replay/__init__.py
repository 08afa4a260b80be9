"""Rebuilding all projections from the facts in Kafka, beside the ones that serve, and swapping them in."""
