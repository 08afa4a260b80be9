"""What staff do to cases: each command with what it loads, who may, and its handler."""
