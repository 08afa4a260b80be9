"""What people do with dossiers: for each use case its pure function, what it loads, and the command as a person gives it."""
