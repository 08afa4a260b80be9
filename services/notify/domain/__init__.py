"""The rules of notify: a message and its ways, what it says, when it is tried again, how it is listed. Pure."""
