"""What directory needs of the world besides database and HTTP: the signing key's file, and the hashing of passwords."""
