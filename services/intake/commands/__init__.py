"""The edge of each use case: one transaction that loads and locks, asks the pure handler, and saves what it decided."""
