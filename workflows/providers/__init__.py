"""For providers: what is asked of them, who is coming and leaving, and the bed planner of their units."""
