"""Rebuilding all projections from the facts in Kafka, while those that are there serve, and swapping them in."""
