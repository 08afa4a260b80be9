"""How a dossier ends without a result: what intake and routing say when its processing is stopped."""
