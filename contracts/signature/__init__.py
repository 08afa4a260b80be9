"""A draft and its signature, as the services say it."""
