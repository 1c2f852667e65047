"""What was learned of guidance by navigators: what raised willingness, how it went, what it costs."""
