"""What the API and the pages read: the catalogue of procedures, the units, the staff."""
