"""Fixtures that every kind of test may ask for; none of them starts anything before it is asked."""

from tests.support.servers import kafka_bootstrap, own_servers, postgres, servers

__all__ = ["kafka_bootstrap", "own_servers", "postgres", "servers"]
