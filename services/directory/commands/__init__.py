"""What directory does, one module for each use case; routes and pages only speak for people."""
