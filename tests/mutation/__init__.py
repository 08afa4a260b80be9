"""Do the unit tests notice a fault? `make mutation` plants one at a time (mutmut) and counts those that no test fails for."""
