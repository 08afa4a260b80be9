"""What the API and the pages of routing read."""
