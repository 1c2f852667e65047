"""Determination of victimhood, on its own side of the wall: it neither waits for a criminal case nor knows of one."""
