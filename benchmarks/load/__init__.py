"""How many ballots a collector accepts in a second, and where the time goes (`python -m benchmarks.load`)."""
