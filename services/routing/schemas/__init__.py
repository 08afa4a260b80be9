"""What the API of routing takes and answers."""
