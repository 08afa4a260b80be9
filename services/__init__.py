"""The five services. None imports another; what every process of theirs has alike is in `services.shell`."""
