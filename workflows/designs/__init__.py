"""Designs of the determination of victimhood: declarations side by side, and which of them holds where and when."""
