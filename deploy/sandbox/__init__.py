"""The outside world in a box: the post office and the mail server, for trial and tests. They know our contracts, not our code."""
