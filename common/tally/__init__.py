"""From the log and the box to aggregates: pure functions that processor, trustees and auditors share (spec 11)."""
