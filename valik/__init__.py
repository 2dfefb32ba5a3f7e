"""The command line: mounts each party's own; nothing else."""
