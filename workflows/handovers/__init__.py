"""Handovers: the only way across the wall.

What is handed over, from whom, to whom, for what purpose, on which legal ground or consent, until when. Both sides see
that much of each other; what was handed over only while the handover is in force.
"""
