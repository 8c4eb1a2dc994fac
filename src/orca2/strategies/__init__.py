"""How to solve a task: one file each, `STRATEGY` as data."""
