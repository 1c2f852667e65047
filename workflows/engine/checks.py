"""System checks over every machine (filled in `workflows.engine.checks`)."""
