"""What the services say to each other: topics, events, value types. Pydantic and the standard library, no I/O.

The file name is the owner: an event class in `contracts/intake.py` can be published by intake alone.
"""
