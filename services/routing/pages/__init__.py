"""The pages of routing: the work list, one case."""
