"""Intake's work by the clock: hashes made anew, dates that a newer calendar puts right, what an ended unit leaves behind."""
