"""reporting: the history of facts, and the figures that anybody may count again and get the same."""
