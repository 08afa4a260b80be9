"""Routing owns cases: who works on an accepted dossier, until when, and what was decided."""
