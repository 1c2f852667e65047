"""The pages of the file."""
