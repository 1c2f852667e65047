"""Which places fit a person: rules, the places in order, what nearly fits, and why nothing does. Knows no person."""
