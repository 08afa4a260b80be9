"""Intake's work by the clock: hashes made anew, dates that a newer calendar puts right."""
