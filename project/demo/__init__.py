"""Demonstration data: invented people in real regions, made by seed; see `docs/demonstration.md`."""
