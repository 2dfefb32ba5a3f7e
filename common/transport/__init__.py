"""The edge of the process: the only part of `common` that touches files (and, later, the network)."""
