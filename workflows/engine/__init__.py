"""The engine: one table of processes, machines that declare what may happen to them, terms, routing and notices."""
