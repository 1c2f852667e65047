"""The reflection period (B8): time to recover and to decide, away from the criminal case."""
