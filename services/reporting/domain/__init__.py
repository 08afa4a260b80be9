"""What is counted, when, and for whom: pure."""
