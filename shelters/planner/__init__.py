"""The bed planner: who is in which place of a unit when, and moving them. Knows no persons, as all of this room."""
