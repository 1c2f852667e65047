"""The process by which a gap in the supply of shelter is closed: an action of the plan, followed to its end."""
