"""All SQL of directory: whole entities, accounts, attempts to sign in, and what the pages ask."""
