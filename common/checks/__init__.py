"""The one list of checks: each with its id, claim, who runs it, and the function that decides it (spec 12)."""
