"""The proof of the wall: rows are planted in a database of its own, and every road to them is tried (docs/wall.md)."""
