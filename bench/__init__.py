"""Measurements: each figure is a ratio against a named limit or peer, taken in the same run on the same database."""
