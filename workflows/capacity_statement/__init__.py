"""The process by which a region states its capacity, period after period."""
