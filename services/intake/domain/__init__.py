"""Intake's rules. Pure: no clock, no database, no framework."""
