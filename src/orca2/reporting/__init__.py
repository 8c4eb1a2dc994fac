"""Pages, charts and tables of what a run has made."""
