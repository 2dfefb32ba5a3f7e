"""How organisers describe an election: a TOML file, a voter roll in CSV, and what mock voters do."""
