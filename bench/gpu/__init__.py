"""Measurements on a GPU; each script also runs dry on a CPU with `--quick`."""
