"""What the figures in README are made with: each measurement runs beside its peer, on the same machine, in the same run."""
