"""The five services. None imports another; what every process of theirs is built on is the chassis."""
