"""What API and pages read."""
