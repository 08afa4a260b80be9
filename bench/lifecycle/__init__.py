"""Whole lives of dossiers, measured from outside: through the front door, signed in, four calls each, until nothing is under way.

First the product, then a bare server that does the same four calls with the same rows and messages, in one run, under the same
load from the same generator. `ratio` is the product's lives a second as a share of the bare server's, at 32 clients.
"""

from bench.lifecycle.measurement import run

__all__ = ["run"]
