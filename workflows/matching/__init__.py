"""Finding a place for a case, keeping the answer that a choice rests on, and the proposal for all who wait."""
