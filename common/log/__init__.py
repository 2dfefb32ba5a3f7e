"""The transparency log: Merkle tree, signed checkpoints, witnesses' cosignatures, tiles, entries (spec chapter 7)."""
