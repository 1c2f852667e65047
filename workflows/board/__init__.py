"""The supervisor's board: what is late, with whom, and handing it over from there."""
