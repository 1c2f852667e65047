"""Notices in the program, which are the notices of record, and how a person wants to be told."""
