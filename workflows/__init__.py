"""Processes, and the pages on which people work with them."""
