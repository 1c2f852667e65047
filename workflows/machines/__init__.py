"""The processes as they are declared: printed, drawn, and shown to everybody."""
