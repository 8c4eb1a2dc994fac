"""Public benchmarks, one file each: where the rows are, how a row becomes questions, what a score means."""
