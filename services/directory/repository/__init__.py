"""All SQL of directory: whole entities, accounts, the lists that people read, and the facts of the sign-in check."""
