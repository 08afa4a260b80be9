"""The pages as people meet them: a real browser on a whole installation."""
