"""Intake: from papers at a door to the result in the citizen's hand, and the promise in between."""
