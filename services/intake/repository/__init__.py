"""All SQL of intake, set-based, each statement with the index that it relies on."""
