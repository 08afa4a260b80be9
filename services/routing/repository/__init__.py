"""All SQL of routing, set-based, each statement with the index that it relies on named beside it."""
