"""My work: the list of what a post must do, by when, and what can be done with its rows."""
