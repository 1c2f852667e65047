"""The guidance of one person by one navigator, and what goes with it."""
