"""What talks to the world besides database and HTTP: the key files, and the sealing that uses them."""
