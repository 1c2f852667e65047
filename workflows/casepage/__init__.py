"""The page of a case and of a process: its lanes, its steps, its log."""
