"""Any of this on several machines, on Ray: asking, local students, ablations, training. Ray is imported here only."""
