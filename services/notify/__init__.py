"""Who is to be written to about what by which channel, and what became of it."""
